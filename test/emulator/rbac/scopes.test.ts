// Where a role counts, and what takes its rights away.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { AUTHORIZATION, CRYPTO_USER, codeOf, POLICY_ADMINISTRATOR, roleCalls } from './role-calls.ts';

const READ = 'Microsoft.KeyVault/managedHsm/keys/read/action';
const SIGN = 'Microsoft.KeyVault/managedHsm/keys/sign/action';

let emulator: Emulator;
let calls: ReturnType<typeof roleCalls>;

beforeAll(async () => {
  emulator = await startEmulator({ retentionDays: 7, limits: 'off' });
  calls = roleCalls(emulator);
  for (const name of ['k1', 'k2']) await calls.call('POST', `/keys/${name}/create`, { kty: 'EC' });
});
afterAll(() => emulator.close());

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
    const { token } = await calls.principalWith(CRYPTO_USER, scope);
    const { status } = await calls.call(method, path, path === '/rng' ? { count: 1 } : undefined, token);
    expect(status).toBe(expected);
  });

  test('who administers one key cannot list assignments at the HSM', async () => {
    const { token } = await calls.principalWith(POLICY_ADMINISTRATOR, '/keys/k1');
    expect(codeOf(await calls.call('GET', `/${AUTHORIZATION}/roleAssignments`, undefined, token))).toEqual([
      403,
      'AccessDenied',
      'Not authorized to access Microsoft.KeyVault/managedHsm/roleAssignments/read/action on /',
    ]);
    expect(
      (await calls.call('GET', `/keys/k1/${AUTHORIZATION}/roleAssignments`, undefined, token)).status,
    ).toBe(200);
  });

  test('a right is gone with the assignment, and with the definition', async () => {
    const guid = await calls.customRole([{ dataActions: [READ] }]);
    const [first, second] = [await calls.principalWith(guid, '/'), await calls.principalWith(guid, '/')];
    const may = async ({ token }: { token: string }) =>
      (await calls.call('GET', '/keys/k1', undefined, token)).status;
    expect([await may(first), await may(second)]).toEqual([200, 200]);

    await calls.call('DELETE', `/${AUTHORIZATION}/roleAssignments/${first.name}`);
    expect([await may(first), await may(second)]).toEqual([403, 200]);
    await calls.call('DELETE', `/${AUTHORIZATION}/roleDefinitions/${guid}`);
    expect(await may(second)).toBe(403);
  });

  test('notDataActions take away from their own permission only', async () => {
    const less = await calls.customRole([{ dataActions: [READ, SIGN], notDataActions: [READ] }]);
    const both = await calls.customRole([{ dataActions: [READ] }, { notDataActions: [READ] }]);
    const status = async (guid: string) =>
      (await calls.call('GET', '/keys/k1', undefined, (await calls.principalWith(guid, '/')).token)).status;
    expect([await status(less), await status(both)]).toEqual([403, 200]);
  });
});
