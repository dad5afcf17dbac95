/** What the role commands need of one HSM's local access control. */

/** A role definition as the HSM has it. */
export interface RoleDefinition {
  /** GUID, lower case. */
  readonly id: string;
  readonly roleName: string;
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

/** A role assignment as the HSM has it. */
export interface RoleAssignment {
  /** GUID. */
  readonly name: string;
  readonly principalId: string;
  /** GUID of the role definition, lower case. */
  readonly roleId: string;
  /** `/`, `/keys` or `/keys/{name}`. */
  readonly scope: string;
}

/** A role definition as it is to be. */
export interface NewRoleDefinition {
  readonly id: string;
  readonly roleName: string;
  readonly description: string;
  readonly dataActions: readonly string[];
}

/**
 * Local role-based access control of one Managed HSM.
 * Any method may fail with the `hsm-` codes of KeyService; `hsm-forbidden` when the caller is no administrator.
 */
export interface LocalRoles {
  /** The HSM's name. */
  readonly hsm: string;
  listDefinitions(signal?: AbortSignal): Promise<readonly RoleDefinition[]>;
  /** Assignments at every scope the service lists. */
  listAssignments(signal?: AbortSignal): Promise<readonly RoleAssignment[]>;
  /** Makes the definition, or replaces the one of this id. */
  putDefinition(definition: NewRoleDefinition, signal?: AbortSignal): Promise<void>;
  /** Makes the assignment; one that is there already is no error. */
  putAssignment(assignment: RoleAssignment, signal?: AbortSignal): Promise<void>;
}
