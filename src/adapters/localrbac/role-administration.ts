/** What an operator does with the roles of one HSM: as the service writes them, every one of them. */
import { z } from 'zod';
import { HsmRest, type HsmRestCall, type HsmRestOptions } from '../http/hsm-rest.ts';
import { pathOf, ROLE_ID } from './role-schema.ts';

const Actions = z
  .array(z.string())
  .nullish()
  .transform((actions) => actions ?? []);
/** https://learn.microsoft.com/rest/api/keyvault/administration/role-definitions/get */
const Definition = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string().nullish(),
  properties: z.object({
    roleName: z.string(),
    description: z.string().nullish(),
    type: z.string().nullish(),
    assignableScopes: Actions,
    permissions: z.array(
      z.object({ actions: Actions, dataActions: Actions, notActions: Actions, notDataActions: Actions }),
    ),
  }),
});
/** https://learn.microsoft.com/rest/api/keyvault/administration/role-assignments/get */
const Assignment = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string().nullish(),
  properties: z.object({ principalId: z.string(), roleDefinitionId: z.string(), scope: z.string() }),
});
const Definitions = z.object({ value: z.array(Definition) });
const Assignments = z.object({ value: z.array(Assignment) });

/** A role definition. */
export type WireDefinition = z.output<typeof Definition>;
/** A role assignment. */
export type WireAssignment = z.output<typeof Assignment>;

/** The roles of one HSM. Every method fails with the `hsm-` codes of the port KeyService, `key-not-found`, or the reason of the signal. */
export class RoleAdministration {
  readonly hsm: string;
  readonly #rest: HsmRest;
  readonly #signal: AbortSignal;

  constructor(options: HsmRestOptions & { readonly signal: AbortSignal }) {
    this.hsm = options.hsm;
    this.#rest = new HsmRest(options);
    this.#signal = options.signal;
  }

  async definitions(): Promise<readonly WireDefinition[]> {
    const call = { what: 'list the roles', method: 'GET', path: pathOf('/', 'roleDefinitions') } as const;
    return (await this.#read(Definitions, call)).value;
  }

  /** The definition of this GUID. */
  definition(name: string): Promise<WireDefinition> {
    const path = pathOf('/', `roleDefinitions/${name}`);
    return this.#read(Definition, { what: `read the role ${name}`, method: 'GET', path });
  }

  /** Makes the definition of this GUID, or replaces it. */
  putDefinition(name: string, properties: WireDefinition['properties']): Promise<WireDefinition> {
    const path = pathOf('/', `roleDefinitions/${name}`);
    const what = `write the role ${properties.roleName}`;
    return this.#read(Definition, { what, method: 'PUT', path, body: { properties } });
  }

  /** Ends a definition that was there a moment ago. */
  deleteDefinition(name: string): Promise<void> {
    const path = pathOf('/', `roleDefinitions/${name}`);
    return this.#done({
      what: `delete the role ${name}`,
      method: 'DELETE',
      path,
      fine: ['RoleDefinitionNotFound'],
    });
  }

  /** Every assignment, whatever its scope. */
  async assignments(): Promise<readonly WireAssignment[]> {
    const path = pathOf('/', 'roleAssignments');
    return (await this.#read(Assignments, { what: 'list the role assignments', method: 'GET', path })).value;
  }

  /** Assigns a role under this GUID. */
  async putAssignment(
    name: string,
    {
      principalId,
      roleId,
      scope,
    }: { readonly principalId: string; readonly roleId: string; readonly scope: string },
  ): Promise<WireAssignment> {
    const path = pathOf(scope, `roleAssignments/${name}`);
    const body = { properties: { principalId, roleDefinitionId: `${ROLE_ID}${roleId}` } };
    const call = { what: 'assign a role', path } as const;
    // A repetition of what was done already is answered with a refusal that says so.
    await this.#done({ ...call, method: 'PUT', body, fine: ['RoleAssignmentExists'] });
    return this.#read(Assignment, { ...call, method: 'GET' });
  }

  /** Ends an assignment that was there a moment ago. */
  deleteAssignment(name: string, scope: string): Promise<void> {
    const path = pathOf(scope, `roleAssignments/${name}`);
    return this.#done({
      what: 'end a role assignment',
      method: 'DELETE',
      path,
      fine: ['RoleAssignmentNotFound'],
    });
  }

  #read<Schema extends z.ZodType>(schema: Schema, call: HsmRestCall): Promise<z.output<Schema>> {
    return this.#rest.call({ ...call, signal: this.#signal }, (answer) => schema.parse(answer));
  }

  #done(call: HsmRestCall): Promise<void> {
    return this.#rest.call({ ...call, signal: this.#signal }, () => undefined);
  }
}
