/** `hsm-warden role definition …`: the roles of an HSM. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { RoleAdministration, WireDefinition } from '../../adapters/localrbac/role-administration.ts';
import { isWardenError } from '../../core/errors.ts';
import type { OptionSpec } from '../frame/command.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';
import { jsonOrFile } from '../key/release-policy.ts';
import { azDefinition, DEFINITION_COLUMNS, guidIn } from './az-roles.ts';
import { openRoleAdministration, ROLE_HSM_OPTIONS, RoleHsmOptions } from './open-role-administration.ts';
import { readRole } from './read-role.ts';

const ROLE_ID: OptionSpec = { flags: '--role-id <id>', description: 'id of the role, or its GUID' };
const NAME: OptionSpec = {
  flags: '-n, --name <guid>',
  description: 'GUID of the role, in place of --role-id',
};
const RoleId = { roleId: z.string().min(1).optional(), name: z.string().min(1).optional() };
const ROLE: OptionSpec = {
  flags: '--role-definition <json>',
  description: 'the role as JSON, or a file that holds it',
};
const Role = { roleDefinition: z.string('expected JSON, or a path').min(1, 'expected JSON, or a path') };

export const roleDefinitionList = defineCommand({
  path: 'role definition list',
  isAz: true,
  summary: 'List the roles of an HSM',
  options: [
    {
      flags: '--custom-role-only [yes]',
      description: 'leave out the built-in ones',
      choices: ['true', 'false'],
    },
    {
      flags: '--scope <scope>',
      description: 'taken for the sake of az; every role can be assigned everywhere',
    },
    ...ROLE_HSM_OPTIONS,
  ],
  examples: ['hsm-warden role definition list --hsm-name ContosoHSM -o table'],
  schema: z.object({
    ...RoleHsmOptions,
    customRoleOnly: z.union([z.boolean(), z.stringbool()]).default(false),
  }),
  async run(context, given) {
    const all = await (await openRoleAdministration(context, given)).definitions();
    const shown = all.filter(({ properties }) => !given.customRoleOnly || properties.type === 'CustomRole');
    return {
      data: shown.map(azDefinition),
      azColumns: DEFINITION_COLUMNS,
      table: {
        columns: ['Name', 'RoleName', 'RoleType', 'Data actions'],
        rows: shown.map(({ name, properties: { roleName, type, permissions } }) => [
          name,
          roleName,
          type ?? undefined,
          permissions.flatMap(({ dataActions }) => dataActions).length,
        ]),
      },
    };
  },
});

export const roleDefinitionShow = defineCommand({
  path: 'role definition show',
  isAz: true,
  summary: 'Show a role of an HSM',
  options: [ROLE_ID, NAME, ...ROLE_HSM_OPTIONS],
  examples: [
    'hsm-warden role definition show --hsm-name ContosoHSM --role-id 21dbd100-6940-42c2-9190-5d6cb909625b',
  ],
  schema: z.object({ ...RoleHsmOptions, ...RoleId }),
  async run(context, given) {
    return {
      data: azDefinition(await existing(await openRoleAdministration(context, given), given, 'missing')),
    };
  },
});

export const roleDefinitionCreate = defineCommand({
  path: 'role definition create',
  isAz: true,
  summary: 'Make a role on an HSM',
  options: [ROLE, ...ROLE_HSM_OPTIONS],
  examples: ['hsm-warden role definition create --hsm-name ContosoHSM --role-definition role.json'],
  interrupted: 'whether the role was made is not known; hsm-warden role definition list shows it.',
  schema: z.object({ ...RoleHsmOptions, ...Role }),
  async run(context, given) {
    const { properties } = readRole(jsonOrFile(given.roleDefinition, '--role-definition'));
    const admin = await openRoleAdministration(context, given);
    return { data: azDefinition(await admin.putDefinition(randomUUID(), properties)) };
  },
});

export const roleDefinitionUpdate = defineCommand({
  path: 'role definition update',
  isAz: true,
  summary: 'Replace a role of an HSM',
  details: ['The JSON names the role by its `id` or `name`; it must be there already.'],
  options: [ROLE, ...ROLE_HSM_OPTIONS],
  examples: ['hsm-warden role definition update --hsm-name ContosoHSM --role-definition role.json'],
  interrupted: 'whether the role was replaced is not known; hsm-warden role definition show shows it.',
  schema: z.object({ ...RoleHsmOptions, ...Role }),
  async run(context, given) {
    const { id, properties } = readRole(jsonOrFile(given.roleDefinition, '--role-definition'));
    if (id === undefined) throw new UsageError('--role-definition: expected the id of the role to replace.');
    const admin = await openRoleAdministration(context, given);
    const { name } = await existing(admin, { roleId: id }, 'failed');
    return { data: azDefinition(await admin.putDefinition(name, properties)) };
  },
});

export const roleDefinitionDelete = defineCommand({
  path: 'role definition delete',
  isAz: true,
  summary: 'Delete a role of an HSM',
  options: [ROLE_ID, NAME, ...ROLE_HSM_OPTIONS],
  examples: [
    'hsm-warden role definition delete --hsm-name ContosoHSM --role-id 00000000-0000-4000-8000-000000000001',
  ],
  interrupted: 'whether the role was deleted is not known; hsm-warden role definition list shows it.',
  schema: z.object({ ...RoleHsmOptions, ...RoleId }),
  async run(context, given) {
    const admin = await openRoleAdministration(context, given);
    const role = await existing(admin, given, 'failed');
    await admin.deleteDefinition(role.name);
    return { data: azDefinition(role) };
  },
});

/** The role that was named. Fails with UsageError, which ends with `exit` where there is none. */
async function existing(
  admin: RoleAdministration,
  { roleId, name }: { readonly roleId?: string | undefined; readonly name?: string | undefined },
  exit: 'missing' | 'failed',
): Promise<WireDefinition> {
  const named = roleId ?? name;
  if (named === undefined) throw new UsageError('The role is not named.', 'Add --role-id ID.');
  const guid = guidIn(named);
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(guid)) {
    throw new UsageError(`${named} is no id of a role: expected a GUID at its end.`);
  }
  try {
    return await admin.definition(guid);
  } catch (error) {
    if (!isWardenError(error, 'key-not-found')) throw error;
    throw new UsageError(
      `There is no role ${guid} on HSM ${admin.hsm}.`,
      `Those that there are: hsm-warden role definition list --hsm-name ${admin.hsm} -o table`,
      exit,
    );
  }
}
