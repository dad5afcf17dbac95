// Role definitions and assignments over REST: shapes, errors, odd paths, scopes and limits.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { API, type RawAnswer, raw } from '../support/emulator.ts';

const AUTHORIZATION = 'providers/Microsoft.Authorization';
const CRYPTO_USER = '21dbd100-6940-42c2-9190-5d6cb909625b';
const AUDITOR = '2c18b078-7c48-4d3a-af88-5a3a1b3f82b3';
const ADMINISTRATOR = 'a290e904-7015-4bba-90c8-60543313cdb4';
const POLICY_ADMINISTRATOR = '4bd23610-cdcf-4971-bdee-bdc562cc28e4';
const READ = 'Microsoft.KeyVault/managedHsm/keys/read/action';
const SIGN = 'Microsoft.KeyVault/managedHsm/keys/sign/action';
const Named = z.object({
  value: z.array(z.looseObject({ name: z.string(), properties: z.looseObject({}) })),
});

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ retentionDays: 7, limits: 'off' });
  for (const name of ['k1', 'k2']) await call('POST', `/keys/${name}/create`, { kty: 'EC' });
});
afterAll(() => emulator.close());

function call(
  method: string,
  path: string,
  body?: unknown,
  token = emulator.token,
  at = emulator,
): Promise<RawAnswer> {
  return raw(at, method, `${path}?${API}`, body === undefined ? { token } : { token, body });
}

function roleId(guid: string): string {
  return `Microsoft.KeyVault/${AUTHORIZATION}/roleDefinitions/${guid}`;
}

/** Gives a role at a scope to a new principal; resolves to their token and the assignment's name. */
async function principalWith(guid: string, scope: string) {
  const principalId = randomUUID();
  const name = randomUUID();
  const prefix = scope === '/' ? '' : scope;
  const body = { properties: { roleDefinitionId: roleId(guid), principalId } };
  const { status } = await call('PUT', `${prefix}/${AUTHORIZATION}/roleAssignments/${name}`, body);
  expect(status).toBe(201);
  return { name, token: await emulator.issueToken({ objectId: principalId.toUpperCase() }) };
}

async function customRole(permissions: unknown): Promise<string> {
  const guid = randomUUID();
  const { status } = await call('PUT', `/${AUTHORIZATION}/roleDefinitions/${guid}`, {
    properties: { permissions },
  });
  expect(status).toBe(201);
  return guid;
}

function codeOf({ status, json }: RawAnswer): [number, string, string] {
  const { error } = z.object({ error: z.object({ code: z.string(), message: z.string() }) }).parse(json);
  return [status, error.code, error.message.replace(/ \(Activity ID: [0-9a-f-]{36}\)$/, '')];
}

describe('role definitions', () => {
  test('the list starts with the nine built-in roles', async () => {
    const { value } = Named.parse((await call('GET', `/${AUTHORIZATION}/roleDefinitions`)).json);
    const builtIn = value.filter(({ properties }) => properties.type === 'AKVBuiltInRole');
    expect(builtIn).toHaveLength(9);
    expect(value.slice(0, 9)).toEqual(builtIn);
  });

  test('a custom one is made, replaced, read and deleted; what is left out becomes empty', async () => {
    const guid = randomUUID();
    const path = `/${AUTHORIZATION}/roleDefinitions/${guid}`;
    const made = await call('PUT', path, {
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

    const replaced = await call('PUT', path, { properties: {} });
    expect([replaced.status, replaced.json]).toMatchObject([
      201,
      { properties: { description: '', permissions: [], roleName: '', assignableScopes: ['/'] } },
    ]);
    expect((await call('GET', path)).json).toEqual(replaced.json);
    const deleted = await call('DELETE', path);
    expect([deleted.status, deleted.json]).toEqual([200, replaced.json]);
    expect(codeOf(await call('GET', path))).toEqual([
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
    expect(codeOf(await call(method, `/${AUTHORIZATION}/roleDefinitions/${name}`, body))).toEqual(expected);
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
    const made = await call('PUT', `${prefix}/roleAssignments/${name}`, { properties });

    const expected = {
      id: `/${AUTHORIZATION}/roleAssignments/${name}`,
      name,
      properties: { principalId: 'ada', roleDefinitionId: roleId(CRYPTO_USER), scope },
      type: 'Microsoft.Authorization/roleAssignments',
    };
    expect([made.status, made.json]).toEqual([201, expected]);
    for (const path of [`/${AUTHORIZATION}`, `/keys/${AUTHORIZATION}`]) {
      expect(Named.parse((await call('GET', `${path}/roleAssignments`)).json).value).toContainEqual(expected);
    }
    const deleted = await call('DELETE', `/${AUTHORIZATION}/roleAssignments/${name}`);
    expect([deleted.status, deleted.json]).toEqual([200, expected]);
    expect(codeOf(await call('DELETE', `/${AUTHORIZATION}/roleAssignments/${name}`))).toEqual([
      404,
      'RoleAssignmentNotFound',
      'Requested role assignment not found',
    ]);
  });

  test('the list at a key shows what counts for that key', async () => {
    const [one, two] = [await principalWith(AUDITOR, '/keys/k1'), await principalWith(AUDITOR, '/keys/k2')];
    const { value } = Named.parse((await call('GET', `/keys/k1/${AUTHORIZATION}/roleAssignments`)).json);
    const names = value.map(({ name }) => name);
    expect([names.includes(one.name), names.includes(two.name)]).toEqual([true, false]);
  });

  test('the same name twice is refused', async () => {
    const { name } = await principalWith(AUDITOR, '/');
    const body = { properties: { roleDefinitionId: roleId(AUDITOR), principalId: 'ada' } };
    expect(codeOf(await call('PUT', `/${AUTHORIZATION}/roleAssignments/${name}`, body))).toEqual([
      400,
      'RoleAssignmentExists',
      'The role assignment already exists.',
    ]);
  });

  test('a role that does not exist cannot be given', async () => {
    const body = { properties: { roleDefinitionId: roleId(randomUUID()), principalId: 'ada' } };
    const [status, code] = codeOf(
      await call('PUT', `/${AUTHORIZATION}/roleAssignments/${randomUUID()}`, body),
    );
    expect([status, code]).toEqual([404, 'RoleDefinitionNotFound']);
  });
});

describe('where a role counts', () => {
  test.each([
    ['/', 'GET', '/keys/k1', 200],
    ['/', 'GET', '/keys', 200],
    ['/', 'POST', '/rng', 200],
    ['/keys', 'GET', '/keys/k1', 200],
    ['/keys', 'GET', '/keys', 200],
    ['/keys', 'POST', '/rng', 403],
    ['/keys/k1', 'GET', '/keys/k1', 200],
    ['/keys/k1', 'GET', '/keys/k1/versions', 200],
    ['/keys/k1', 'GET', '/keys/k2', 403],
    ['/keys/k1', 'GET', '/keys/k1-and-more', 403],
    ['/keys/k1', 'GET', '/keys', 403],
    ['/keys/k1', 'POST', '/rng', 403],
  ])('Crypto User at %s: %s %s is %i', async (scope, method, path, expected) => {
    const { token } = await principalWith(CRYPTO_USER, scope);
    const { status } = await call(method, path, path === '/rng' ? { count: 1 } : undefined, token);
    expect(status).toBe(expected);
  });

  test('who administers one key cannot list assignments at the HSM', async () => {
    const { token } = await principalWith(POLICY_ADMINISTRATOR, '/keys/k1');
    expect(codeOf(await call('GET', `/${AUTHORIZATION}/roleAssignments`, undefined, token))).toEqual([
      403,
      'AccessDenied',
      'Not authorized to access Microsoft.KeyVault/managedHsm/roleAssignments/read/action on /',
    ]);
    expect((await call('GET', `/keys/k1/${AUTHORIZATION}/roleAssignments`, undefined, token)).status).toBe(
      200,
    );
  });

  test('a right is gone with the assignment, and with the definition', async () => {
    const guid = await customRole([{ dataActions: [READ] }]);
    const [first, second] = [await principalWith(guid, '/'), await principalWith(guid, '/')];
    const may = async ({ token }: { token: string }) =>
      (await call('GET', '/keys/k1', undefined, token)).status;
    expect([await may(first), await may(second)]).toEqual([200, 200]);

    await call('DELETE', `/${AUTHORIZATION}/roleAssignments/${first.name}`);
    expect([await may(first), await may(second)]).toEqual([403, 200]);
    await call('DELETE', `/${AUTHORIZATION}/roleDefinitions/${guid}`);
    expect(await may(second)).toBe(403);
  });

  test('notDataActions take away from their own permission only', async () => {
    const less = await customRole([{ dataActions: [READ, SIGN], notDataActions: [READ] }]);
    const both = await customRole([{ dataActions: [READ] }, { notDataActions: [READ] }]);
    const status = async (guid: string) =>
      (await call('GET', '/keys/k1', undefined, (await principalWith(guid, '/')).token)).status;
    expect([await status(less), await status(both)]).toEqual([403, 200]);
  });
});

describe('documented limits', () => {
  let limited: Emulator;
  beforeAll(async () => {
    limited = await startEmulator({ retentionDays: 7 });
  });
  afterAll(() => limited.close());

  /** Repeats until refused; resolves to how many went through. */
  async function untilRefused(make: () => Promise<RawAnswer>): Promise<{ made: number; refusal: RawAnswer }> {
    for (let made = 0; ; made += 1) {
      const answer = await make();
      if (answer.status !== 201) return { made, refusal: answer };
    }
  }

  test('50 custom roles, and replacing one of them is still possible', async () => {
    const put = (guid: string) =>
      call('PUT', `/${AUTHORIZATION}/roleDefinitions/${guid}`, { properties: {} }, limited.token, limited);
    const kept = randomUUID();
    expect((await put(kept)).status).toBe(201);

    const { made, refusal } = await untilRefused(() => put(randomUUID()));
    expect([made, codeOf(refusal)]).toEqual([
      49,
      [400, 'BadParameter', 'The limit of 50 custom role definitions is reached'],
    ]);
    expect((await put(kept)).status).toBe(201);
  });

  test.each([
    ['/keys/k1', 10, 10],
    ['/', 50, 47], // three belong to the administrator
  ])('assignments at %s: %i', async (scope, limit, expected) => {
    const prefix = scope === '/' ? '' : scope;
    const { made, refusal } = await untilRefused(() => {
      const body = { properties: { roleDefinitionId: roleId(AUDITOR), principalId: randomUUID() } };
      return call(
        'PUT',
        `${prefix}/${AUTHORIZATION}/roleAssignments/${randomUUID()}`,
        body,
        limited.token,
        limited,
      );
    });
    const text = `The limit of ${limit} role assignments at ${scope} is reached`;
    expect([made, codeOf(refusal)]).toEqual([expected, [400, 'BadParameter', text]]);
  });
});
