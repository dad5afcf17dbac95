import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CliWorld } from '../support/cli-world.ts';
import { az, HSM, itAnswers, type Row, startAzWorld } from './support/az-world.ts';

let world: CliWorld;
const ROLE = '00000000-0000-4000-8000-00000000000a';
const WHO = '11111111-2222-3333-4444-555555555555';
const READ = 'Microsoft.KeyVault/managedHsm/keys/read/action';
const ID = `Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/`;
const USER = '21dbd100-6940-42c2-9190-5d6cb909625b';

beforeAll(async () => {
  world = await startAzWorld();
  await world.file('role.json', JSON.stringify({ RoleName: 'FromFile', DataActions: [READ] }));
});
afterAll(() => world?.close());

const ON = '--hsm-name ContosoHSM';
const permissions = [{ actions: [], dataActions: [READ], notActions: [], notDataActions: [] }];
const ROWS: readonly Row[] = [
  {
    line: `role definition list ${ON}`,
    shape: 'definition',
    values: [
      { description: '', roleType: 'AKVBuiltInRole', type: 'Microsoft.Authorization/roleDefinitions' },
    ],
  },
  { line: `role definition list --id ${HSM}/`, shape: 'definition' },
  {
    line: `role definition create ${ON} --role-definition '{"roleName":"AzRole","description":"d","actions":[],"notActions":[],"dataActions":["${READ}"],"notDataActions":[]}'`,
    shape: 'definition',
    values: {
      roleName: 'AzRole',
      description: 'd',
      roleType: 'CustomRole',
      assignableScopes: ['/'],
      permissions,
    },
  },
  {
    line: `role definition create ${ON} --role-definition DIR/role.json`,
    shape: 'definition',
    values: { roleName: 'FromFile', permissions },
  },
  {
    line: `role definition list ${ON} --custom-role-only true`,
    shape: 'definition',
    values: [{ roleType: 'CustomRole' }, { roleType: 'CustomRole' }],
  },
  {
    line: `role definition show ${ON} --role-id ${ID}${USER}`,
    shape: 'definition',
    values: { roleName: 'Managed HSM Crypto User' },
  },
  { line: `role definition show ${ON} --role-id ${USER}`, shape: 'definition' },
  { line: `role definition show ${ON} --name ${USER.toUpperCase()}`, shape: 'definition' },
  {
    line: `role assignment create ${ON} --role AzRole --assignee-object-id ${WHO} --assignee-principal-type User --scope /`,
    shape: 'assignment',
    values: {
      principalId: WHO,
      principalName: 'Unknown',
      principalType: 'Unknown',
      roleName: 'AzRole',
      scope: '/',
    },
  },
  {
    line: `role assignment create ${ON} --role 'Managed HSM Crypto User' --assignee ${WHO} --scope /keys --name 00000000-0000-4000-8000-000000000001`,
    shape: 'assignment',
    values: {
      id: '/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-000000000001',
      roleDefinitionId: `${ID}${USER}`,
      scope: '/keys',
      type: 'Microsoft.Authorization/roleAssignments',
    },
  },
  {
    line: `role assignment create --id ${HSM}/ --role ${USER} --assignee-object-id ${WHO} --scope keys/rsa`,
    shape: 'assignment',
    values: { scope: '/keys/rsa' },
  },
  { line: `role assignment list ${ON}`, shape: 'assignment' },
  {
    line: `role assignment list ${ON} --scope /keys/rsa`,
    shape: 'assignment',
    values: [{ principalId: WHO, scope: '/keys/rsa' }],
  },
  {
    line: `role assignment list ${ON} --assignee-object-id ${WHO} --fill-principal-name false`,
    shape: 'assignment',
    values: [{ roleName: 'AzRole' }, { scope: '/keys' }, { scope: '/keys/rsa' }],
  },
  { line: `role assignment list ${ON} --role ${ID}${USER} --scope /keys`, shape: 'assignment' },
  {
    line: `role assignment delete ${ON} --role 'Managed HSM Crypto User' --assignee-object-id ${WHO} --scope /keys`,
    shape: 'nothing',
  },
  {
    line: `role assignment list ${ON} --assignee ${WHO}`,
    shape: 'assignment',
    values: [{ roleName: 'AzRole' }, { scope: '/keys/rsa' }],
  },
];

describe('az commands about roles', () => {
  itAnswers(ROWS, () => world);

  it('replaces and deletes a role by its id', async () => {
    const list = await az(world, `role definition list ${ON} --custom-role-only --query '[0]'`);
    const { id, name } = JSON.parse(list.stdout);
    const changed = JSON.stringify({ id, roleName: 'AzRole2', description: 'd2', dataActions: [READ] });
    const updated = await az(world, `role definition update ${ON} --role-definition '${changed}'`);
    expect(JSON.parse(updated.stdout)).toMatchObject({ id, name, roleName: 'AzRole2', description: 'd2' });
    await az(world, `role assignment delete ${ON} --role AzRole2`);
    const deleted = await az(world, `role definition delete ${ON} --role-id ${id}`);
    expect(JSON.parse(deleted.stdout)).toMatchObject({ id });
    expect(await az(world, `role definition show ${ON} --role-id ${id}`)).toMatchObject({
      code: 3,
      stdout: '',
    });
  });

  it.each([
    ['definition', /^Name +RoleName +Type +Description\n-+ {2}-+ {2}-+ {2}-+\n/],
    ['assignment', /^Principal +RoleName +Scope\n-+ {2}-+ {2}-+\nUnknown /],
  ])('-o table of role %s list has the columns of az', async (group, expected) => {
    expect((await az(world, `role ${group} list ${ON} -o table`)).stdout).toMatch(expected);
  });

  it.each([
    ['an id without a GUID', 'role definition show --role-id x', 2],
    ['a role that there is not', `role definition show --role-id ${ROLE}`, 3],
    ['one to be deleted that there is not', `role definition delete --role-id ${ROLE}`, 1],
    ['a role without a name', 'role definition create --role-definition {}', 2],
    ['what is no JSON', 'role definition create --role-definition nofile', 2],
    ['a role that has no id', `role definition update --role-definition {"roleName":"x"}`, 2],
    ['nobody', 'role assignment create --role AzRole --scope /', 2],
    ['a name in place of an object id', 'role assignment create --role x --assignee ann@contoso.com', 2],
    ['an unknown role', `role assignment create --role Nosuch --assignee ${WHO}`, 1],
    ['a scope that is none', `role assignment list --scope /secrets`, 2],
    ['nothing at all', 'role assignment delete', 2],
    ['what nobody has', `role assignment delete --assignee ${ROLE}`, 1],
  ])('refuses %s', async (_case, line, code) => {
    const ran = await az(world, `${line} ${ON}`);
    expect(ran.code, ran.stderr).toBe(code);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).not.toMatch(/unexpected|soft-deleted/);
  });
});
