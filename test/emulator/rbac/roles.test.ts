// Role definitions and assignments over REST: shapes, errors and odd paths.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import {
  ADMINISTRATOR,
  AUDITOR,
  AUTHORIZATION,
  CRYPTO_USER,
  codeOf,
  Named,
  roleCalls,
  roleId,
} from './role-calls.ts';

const SIGN = 'Microsoft.KeyVault/managedHsm/keys/sign/action';

let emulator: Emulator;
let calls: ReturnType<typeof roleCalls>;

beforeAll(async () => {
  emulator = await startEmulator({ retentionDays: 7, limits: 'off' });
  calls = roleCalls(emulator);
  for (const name of ['k1', 'k2']) await calls.call('POST', `/keys/${name}/create`, { kty: 'EC' });
});
afterAll(() => emulator.close());

describe('role definitions', () => {
  test('the list starts with the nine built-in roles', async () => {
    const { value } = Named.parse((await calls.call('GET', `/${AUTHORIZATION}/roleDefinitions`)).json);
    const builtIn = value.filter(({ properties }) => properties.type === 'AKVBuiltInRole');
    expect(builtIn).toHaveLength(9);
    expect(value.slice(0, 9)).toEqual(builtIn);
  });

  test('a custom one is made, replaced, read and deleted; what is left out becomes empty', async () => {
    const guid = randomUUID();
    const path = `/${AUTHORIZATION}/roleDefinitions/${guid}`;
    const made = await calls.call('PUT', path, {
      properties: {
        roleName: 'Signer',
        description: 'signs',
        type: 'CustomRole',
        permissions: [{ dataActions: [SIGN] }],
        assignableScopes: ['/'],
      },
    });
    expect([made.status, made.json]).toEqual([
      201,
      {
        id: roleId(guid),
        name: guid,
        properties: {
          assignableScopes: ['/'],
          description: 'signs',
          permissions: [{ actions: [], dataActions: [SIGN], notActions: [], notDataActions: [] }],
          roleName: 'Signer',
          type: 'CustomRole',
        },
        type: 'Microsoft.Authorization/roleDefinitions',
      },
    ]);

    const replaced = await calls.call('PUT', path, { properties: {} });
    expect([replaced.status, replaced.json]).toMatchObject([
      201,
      { properties: { description: '', permissions: [], roleName: '', assignableScopes: ['/'] } },
    ]);
    expect((await calls.call('GET', path)).json).toEqual(replaced.json);
    const deleted = await calls.call('DELETE', path);
    expect([deleted.status, deleted.json]).toEqual([200, replaced.json]);
    expect(codeOf(await calls.call('GET', path))).toEqual([
      404,
      'RoleDefinitionNotFound',
      'Requested role definition not found',
    ]);
  });

  const BUILT_IN =
    'Cannot re-use the name/GUID matching that of a built-in role. Please use a unique role ID.';
  test.each([
    ['PUT', 'foo', 400, 'BadParameter', 'Role definition name must be a GUID'],
    ['PUT', ADMINISTRATOR, 400, 'BadParameter', BUILT_IN],
    ['DELETE', ADMINISTRATOR, 400, 'BadParameter', BUILT_IN],
    ['DELETE', 'foobar', 404, 'RoleDefinitionNotFound', 'Requested role definition not found'],
    [
      'GET',
      'Managed%20HSM%20Crypto%20Auditor',
      404,
      'RoleDefinitionNotFound',
      'Requested role definition not found',
    ],
  ])('%s %s is refused', async (method, name, ...expected) => {
    const body = method === 'PUT' ? { properties: {} } : undefined;
    expect(codeOf(await calls.call(method, `/${AUTHORIZATION}/roleDefinitions/${name}`, body))).toEqual(
      expected,
    );
  });
});

describe('role assignments', () => {
  test.each([
    ['/', `/${AUTHORIZATION}`],
    ['/', `///${AUTHORIZATION}`],
    ['/keys', `/keys/${AUTHORIZATION}`],
    ['/keys/k1', `/keys/k1/${AUTHORIZATION}`],
  ])('one at %s made through %s is found and deleted from everywhere', async (scope, prefix) => {
    const name = randomUUID();
    const properties = { roleDefinitionId: roleId(CRYPTO_USER), principalId: 'ada' };
    const made = await calls.call('PUT', `${prefix}/roleAssignments/${name}`, { properties });

    const expected = {
      id: `/${AUTHORIZATION}/roleAssignments/${name}`,
      name,
      properties: { principalId: 'ada', roleDefinitionId: roleId(CRYPTO_USER), scope },
      type: 'Microsoft.Authorization/roleAssignments',
    };
    expect([made.status, made.json]).toEqual([201, expected]);
    for (const path of [`/${AUTHORIZATION}`, `/keys/${AUTHORIZATION}`]) {
      expect(Named.parse((await calls.call('GET', `${path}/roleAssignments`)).json).value).toContainEqual(
        expected,
      );
    }
    const deleted = await calls.call('DELETE', `/${AUTHORIZATION}/roleAssignments/${name}`);
    expect([deleted.status, deleted.json]).toEqual([200, expected]);
    expect(codeOf(await calls.call('DELETE', `/${AUTHORIZATION}/roleAssignments/${name}`))).toEqual([
      404,
      'RoleAssignmentNotFound',
      'Requested role assignment not found',
    ]);
  });

  test('the list at a key shows what counts for that key', async () => {
    const [one, two] = [
      await calls.principalWith(AUDITOR, '/keys/k1'),
      await calls.principalWith(AUDITOR, '/keys/k2'),
    ];
    const { value } = Named.parse(
      (await calls.call('GET', `/keys/k1/${AUTHORIZATION}/roleAssignments`)).json,
    );
    const names = value.map(({ name }) => name);
    expect([names.includes(one.name), names.includes(two.name)]).toEqual([true, false]);
  });

  test('the same name twice is refused', async () => {
    const { name } = await calls.principalWith(AUDITOR, '/');
    const body = { properties: { roleDefinitionId: roleId(AUDITOR), principalId: 'ada' } };
    expect(codeOf(await calls.call('PUT', `/${AUTHORIZATION}/roleAssignments/${name}`, body))).toEqual([
      400,
      'RoleAssignmentExists',
      'The role assignment already exists.',
    ]);
  });

  test('a role that does not exist cannot be given', async () => {
    const body = { properties: { roleDefinitionId: roleId(randomUUID()), principalId: 'ada' } };
    const [status, code] = codeOf(
      await calls.call('PUT', `/${AUTHORIZATION}/roleAssignments/${randomUUID()}`, body),
    );
    expect([status, code]).toEqual([404, 'RoleDefinitionNotFound']);
  });
});
