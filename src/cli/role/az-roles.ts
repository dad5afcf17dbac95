/** Roles as az shows them, and how people name them. Seen with Azure CLI 2.45. */
import type {
  RoleAdministration,
  WireAssignment,
  WireDefinition,
} from '../../adapters/localrbac/role-administration.ts';
import type { AzColumns } from '../frame/command.ts';
import { UsageError } from '../frame/failures.ts';

/** The columns of `-o table` in lists of definitions, and of assignments. */
export const DEFINITION_COLUMNS: AzColumns = [
  ['Name', 'name'],
  ['RoleName', 'roleName'],
  ['Type', 'type'],
  ['Description', 'description'],
];
export const ASSIGNMENT_COLUMNS: AzColumns = [
  ['Principal', 'principalName'],
  ['RoleName', 'roleName'],
  ['Scope', 'scope'],
];

/** A role definition. */
export function azDefinition({ id, name, type, properties }: WireDefinition) {
  const { assignableScopes, description, permissions, roleName, type: roleType } = properties;
  return {
    assignableScopes,
    description: description ?? '',
    id,
    name,
    permissions,
    roleName,
    roleType: roleType ?? null,
    type: type ?? null,
  };
}

/** A role assignment; az writes `Unknown`, too, where it may not look people up. */
export function azAssignment(
  { id, name, type, properties }: WireAssignment,
  roles: readonly WireDefinition[],
) {
  const { principalId, roleDefinitionId, scope } = properties;
  const role = roles.find((one) => one.name.toLowerCase() === guidIn(roleDefinitionId));
  return {
    id,
    name,
    principalId,
    principalName: 'Unknown',
    principalType: 'Unknown',
    roleDefinitionId,
    roleName: role?.properties.roleName ?? null,
    scope,
    type: type ?? null,
  };
}

/** The GUID at the end of an id, or alone, in lower case. */
export function guidIn(id: string): string {
  return (id.replace(/\/+$/, '').split('/').at(-1) ?? '').toLowerCase();
}

/** The role that is named by its name, GUID or id. Fails with UsageError. */
export async function findRole(
  admin: RoleAdministration,
  named: string,
): Promise<{ readonly role: WireDefinition; readonly roles: readonly WireDefinition[] }> {
  const roles = await admin.definitions();
  const found = roles.filter(
    ({ name, properties }) =>
      name.toLowerCase() === guidIn(named) || properties.roleName.toLowerCase() === named.toLowerCase(),
  );
  const [role] = found;
  if (role === undefined) {
    throw new UsageError(
      `There is no role ${named} on HSM ${admin.hsm}.`,
      `Those that there are: hsm-warden role definition list --hsm-name ${admin.hsm} -o table`,
      'failed',
    );
  }
  if (found.length > 1) {
    throw new UsageError(
      `${found.length} roles on HSM ${admin.hsm} are called ${named}.`,
      'Give the id of one.',
      'failed',
    );
  }
  return { role, roles };
}

/** `/`, `/keys` or `/keys/NAME`; az writes them without the first slash, too. Fails with UsageError. */
export function scopeOf(given: string): string {
  const scope = `/${given.replaceAll(/^\/+|\/+$/g, '')}`;
  if (/^\/(?:keys(?:\/[0-9A-Za-z-]{1,127})?)?$/.test(scope)) return scope;
  throw new UsageError(`--scope: expected /, /keys or /keys/NAME, not ${given}.`);
}
