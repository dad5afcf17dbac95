/** `hsm-warden role assignment …`: who has which role of an HSM. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { RoleAdministration, WireAssignment } from '../../adapters/localrbac/role-administration.ts';
import type { OptionSpec } from '../frame/command.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';
import { ASSIGNMENT_COLUMNS, azAssignment, findRole, guidIn, scopeOf } from './az-roles.ts';
import { openRoleAdministration, ROLE_HSM_OPTIONS, RoleHsmOptions } from './open-role-administration.ts';

const WHO: readonly OptionSpec[] = [
  { flags: '--role <role>', description: 'name, GUID or id of the role' },
  { flags: '--scope <scope>', description: '/, /keys or /keys/NAME' },
  { flags: '--assignee-object-id <guid>', description: 'object id of the user, group or service principal' },
  { flags: '--assignee <guid>', description: 'the same; names are not looked up' },
];
const ObjectId = z.guid(
  'expected an object id (GUID); az ad user show --id NAME --query id shows that of a person',
);
const Who = {
  role: z.string().min(1).optional(),
  scope: z.string().optional(),
  assigneeObjectId: ObjectId.optional(),
  assignee: ObjectId.optional(),
};
const TYPES = ['User', 'Group', 'ServicePrincipal'];

export const roleAssignmentCreate = defineCommand({
  path: 'role assignment create',
  isAz: true,
  summary: 'Give a role of an HSM to somebody',
  options: [
    ...WHO,
    {
      flags: '--assignee-principal-type <type>',
      description: 'taken for the sake of az; the HSM needs the object id alone',
      choices: TYPES,
    },
    { flags: '-n, --name <guid>', description: 'GUID of the assignment (default: a new one)' },
    ...ROLE_HSM_OPTIONS,
  ],
  examples: [
    "hsm-warden role assignment create --hsm-name ContosoHSM --role 'Managed HSM Crypto User' --assignee-object-id 11111111-2222-3333-4444-555555555555 --scope /keys",
  ],
  interrupted: 'whether the role was assigned is not known; hsm-warden role assignment list shows it.',
  schema: z.object({ ...RoleHsmOptions, ...Who, name: z.guid('expected a GUID').optional() }),
  async run(context, given) {
    const principalId = given.assigneeObjectId ?? given.assignee;
    if (given.role === undefined) throw new UsageError('The role is not named.', 'Add --role ROLE.');
    if (principalId === undefined) {
      throw new UsageError('Nobody is named.', 'Add --assignee-object-id GUID.');
    }
    const scope = scopeOf(given.scope ?? '/');
    const admin = await openRoleAdministration(context, given);
    const { role, roles } = await findRole(admin, given.role);
    const wanted = { principalId, roleId: role.name, scope };
    return { data: azAssignment(await admin.putAssignment(given.name ?? randomUUID(), wanted), roles) };
  },
});

export const roleAssignmentList = defineCommand({
  path: 'role assignment list',
  isAz: true,
  summary: 'List who has which role of an HSM',
  options: [
    ...WHO,
    {
      flags: '--fill-principal-name [yes]',
      description: 'taken for the sake of az; names are not looked up',
      choices: ['true', 'false'],
    },
    ...ROLE_HSM_OPTIONS,
  ],
  examples: ['hsm-warden role assignment list --hsm-name ContosoHSM --scope /keys'],
  schema: z.object({ ...RoleHsmOptions, ...Who }),
  async run(context, given) {
    const admin = await openRoleAdministration(context, given);
    const roles = await admin.definitions();
    const shown = (await matching(admin, given)).map((one) => azAssignment(one, roles));
    return {
      data: shown,
      azColumns: ASSIGNMENT_COLUMNS,
      table: {
        columns: ['PrincipalId', 'RoleName', 'Scope', 'Name'],
        rows: shown.map(({ principalId, roleName, scope, name }) => [
          principalId,
          roleName ?? undefined,
          scope,
          name,
        ]),
      },
    };
  },
});

export const roleAssignmentDelete = defineCommand({
  path: 'role assignment delete',
  isAz: true,
  summary: 'Take a role of an HSM from somebody',
  details: [
    'Ends every assignment that fits all that is named. It asks for at least one of them, and is refused where nothing fits.',
  ],
  options: [
    ...WHO,
    { flags: '--ids <ids...>', description: 'ids of assignments' },
    { flags: '-n, --name <guid>', description: 'GUID of the assignment' },
    ...ROLE_HSM_OPTIONS,
  ],
  examples: [
    'hsm-warden role assignment delete --hsm-name ContosoHSM --assignee-object-id 11111111-2222-3333-4444-555555555555 --scope /keys',
  ],
  interrupted:
    'which assignments ended is not known; hsm-warden role assignment list shows it. The same command can be run again.',
  schema: z.object({
    ...RoleHsmOptions,
    ...Who,
    ids: z.array(z.string()).optional(),
    name: z.guid('expected a GUID').optional(),
  }),
  async run(context, given) {
    const { role, scope, assignee, assigneeObjectId, ids, name } = given;
    if ([role, scope, assignee, assigneeObjectId, ids, name].every((one) => one === undefined)) {
      throw new UsageError(
        'Nothing is named.',
        'Add --role, --scope, --assignee-object-id, --name or --ids.',
      );
    }
    const admin = await openRoleAdministration(context, given);
    const ending = await matching(admin, given);
    if (ending.length === 0) {
      throw new UsageError(
        `No role assignment on HSM ${admin.hsm} fits: nothing was changed.`,
        undefined,
        'failed',
      );
    }
    for (const one of ending) await admin.deleteAssignment(one.name, one.properties.scope);
    return {};
  },
});

/** What a filter names; what it leaves out fits. */
interface Filter {
  readonly role?: string | undefined;
  readonly scope?: string | undefined;
  readonly assignee?: string | undefined;
  readonly assigneeObjectId?: string | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly name?: string | undefined;
}

/** The assignments that fit. Fails with UsageError for a role or scope that there is not. */
async function matching(admin: RoleAdministration, filter: Filter): Promise<readonly WireAssignment[]> {
  const scope = filter.scope === undefined ? undefined : scopeOf(filter.scope).toLowerCase();
  const role =
    filter.role === undefined ? undefined : (await findRole(admin, filter.role)).role.name.toLowerCase();
  const who = (filter.assigneeObjectId ?? filter.assignee)?.toLowerCase();
  const names = [...(filter.ids ?? []), ...(filter.name === undefined ? [] : [filter.name])].map(guidIn);
  return (await admin.assignments()).filter(
    ({ name, properties }) =>
      (scope === undefined || properties.scope.toLowerCase() === scope) &&
      (role === undefined || guidIn(properties.roleDefinitionId) === role) &&
      (who === undefined || properties.principalId.toLowerCase() === who) &&
      (names.length === 0 || names.includes(name.toLowerCase())),
  );
}
