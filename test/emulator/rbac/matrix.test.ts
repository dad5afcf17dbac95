// Every operation with every built-in role, over the real server: who may do what.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../../src/emulator/operations/table.ts';
import { BUILT_IN_ROLES } from '../../../src/emulator/rbac/built-in-roles.ts';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { connectHsm, type HsmConnection, type WireResult } from '../../live/hsm-connection.ts';
import { type Admin, administrator, TRIES } from './operations-under-test.ts';

// One column a role: Administrator, Crypto Officer, Crypto User, Crypto Auditor, Policy Administrator,
// Backup User, Restore User, Crypto Service Encryption User, Crypto Service Release User.
// Source: the data actions of the roles a pool listed in November 2024.
const MATRIX = `
  operation             data action                          Adm Off Usr Aud Pol Bck Rst Enc Rel
  getKeys               keys/read/action                      .   .   x   x   .   .   .   x   .
  getKey                keys/read/action                      .   .   x   x   .   .   .   x   .
  getKeyVersions        keys/read/action                      .   .   x   x   .   .   .   x   .
  getKeyRotationPolicy  keys/read/action                      .   .   x   x   .   .   .   x   .
  getKeyAttestation     keys/read/action                      .   .   x   x   .   .   .   x   .
  updateKey             keys/write/action                     .   .   x   .   .   .   .   .   .
  updateKeyRotationPolicy keys/write/action                     .   .   x   .   .   .   .   .   .
  createKey             keys/create                           .   .   x   .   .   .   .   .   .
  importKey             keys/import/action                    .   .   x   .   .   .   .   .   .
  rotateKey             keys/rotate/action                    .   .   x   .   .   .   .   .   .
  deleteKey             keys/delete                           .   .   x   .   .   .   .   .   .
  backupKey             keys/backup/action                    .   .   x   .   .   x   .   .   .
  restoreKey            keys/restore/action                   .   .   x   .   .   .   x   .   .
  getDeletedKeys        keys/deletedKeys/read/action          .   x   .   x   .   .   .   .   .
  getDeletedKey         keys/deletedKeys/read/action          .   x   .   x   .   .   .   .   .
  recoverDeletedKey     keys/deletedKeys/recover/action       .   x   .   .   .   .   .   .   .
  purgeDeletedKey       keys/deletedKeys/delete               .   x   .   .   .   .   .   .   .
  sign                  keys/sign/action                      .   .   x   .   .   .   .   .   .
  verify                keys/verify/action                    .   .   x   .   .   .   .   .   .
  encrypt               keys/encrypt/action                   .   .   x   .   .   .   .   .   .
  decrypt               keys/decrypt/action                   .   .   x   .   .   .   .   .   .
  wrapKey               keys/wrap/action                      .   .   x   .   .   .   .   x   .
  unwrapKey             keys/unwrap/action                    .   .   x   .   .   .   .   x   .
  releaseKey            keys/release/action                   .   .   x   .   .   .   .   .   x
  getRandomBytes        rng/action                            .   .   x   .   .   .   .   .   .
  listRoleDefinitions   roleDefinitions/read/action           x   x   x   x   x   .   .   .   .
  getRoleDefinition     roleDefinitions/read/action           x   x   x   x   x   .   .   .   .
  putRoleDefinition     roleDefinitions/write/action          x   x   .   .   x   .   .   .   .
  deleteRoleDefinition  roleDefinitions/delete/action         x   x   .   .   x   .   .   .   .
  listRoleAssignments   roleAssignments/read/action           x   x   x   x   x   .   .   .   .
  getRoleAssignment     roleAssignments/read/action           x   x   x   x   x   .   .   .   .
  putRoleAssignment     roleAssignments/write/action          x   x   .   .   x   .   .   .   .
  deleteRoleAssignment  roleAssignments/delete/action         x   x   .   .   x   .   .   .   .
`;
const COLUMNS = [
  'Administrator',
  'Crypto Officer',
  'Crypto User',
  'Crypto Auditor',
  'Policy Administrator',
  'Backup User',
  'Restore User',
  'Crypto Service Encryption User',
  'Crypto Service Release User',
].map((name) => `Managed HSM ${name}`);

// No role of the matrix: the refusal of actions that do not exist needs the right to read.
const NOT_AN_OPERATION = 'unknownAction';

const ROWS = MATRIX.trim()
  .split('\n')
  .slice(1)
  .map((line) => line.trim().split(/\s+/))
  .map(([operation = '', action = '', ...cells]) => ({
    operation,
    action,
    allowed: cells.map((cell) => cell === 'x'),
  }));

let emulator: Emulator;
let admin: Admin;
const callers = new Map<string, HsmConnection>();

beforeAll(async () => {
  emulator = await startEmulator({ retentionDays: 7, limits: 'off' });
  admin = administrator(connection('administrator', emulator.token));
  for (const { name, roleName } of BUILT_IN_ROLES) {
    const principalId = randomUUID();
    await admin.send('PUT', `/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`, {
      properties: {
        roleDefinitionId: `Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/${name}`,
        principalId,
      },
    });
    connection(roleName, await emulator.issueToken({ objectId: principalId }));
  }
  connection('no role', await emulator.issueToken({ objectId: randomUUID() }));
});
afterAll(async () => {
  for (const caller of callers.values()) await caller.close();
  await emulator.close();
});

function connection(role: string, token: string): HsmConnection {
  const caller = connectHsm({ url: emulator.url, ca: emulator.caPem, token: async () => token });
  callers.set(role, caller);
  return caller;
}

describe('the matrix', () => {
  test('has a row for every operation and a column for every built-in role', () => {
    const operations = OPERATIONS.map(({ name }) => name).filter((name) => name !== NOT_AN_OPERATION);
    expect(ROWS.map(({ operation }) => operation).sort()).toEqual([...operations].sort());
    expect([...COLUMNS].sort()).toEqual(BUILT_IN_ROLES.map(({ roleName }) => roleName).sort());
  });

  test('names the data action that each operation needs', () => {
    for (const { operation, action } of ROWS) {
      const { dataAction } = OPERATIONS.find(({ name }) => name === operation) ?? {};
      expect([operation, dataAction]).toEqual([operation, `Microsoft.KeyVault/managedHsm/${action}`]);
    }
  });
});

describe.each(COLUMNS.map((role, column) => ({ role, column })))('$role', ({ role, column }) => {
  test.each(ROWS.map((row) => ({ ...row, verdict: row.allowed[column] ? 'may' : 'may not' })))(
    '$verdict $operation',
    async ({ operation, action, allowed }) => {
      const { answer, path } = await attempt(operation, role);

      if (allowed[column])
        expect([answer.status, answer.text]).toEqual([expect.toSatisfy(isSuccess), answer.text]);
      else expectDenied(answer, action, path);
    },
  );
});

describe('without a role', () => {
  test.each(ROWS)('$operation is refused', async ({ operation, action }) => {
    const { answer, path } = await attempt(operation, 'no role');
    expectDenied(answer, action, path);
  });
});

async function attempt(operation: string, role: string) {
  const prepare = TRIES[operation];
  const caller = callers.get(role);
  if (prepare === undefined || caller === undefined) throw new Error(`cannot try ${operation} as ${role}`);
  const { method, path, body } = await prepare(admin, `key-${randomUUID()}`, randomUUID());
  const answer = await caller.send(method, path, body);
  return { answer, path };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

// Create, import, restore and lists are checked at /keys, as reported for create; role operations at the scope of
// their path; random bytes at the HSM; the rest at the key.
function scopeOf(path: string): string {
  if (path.startsWith('/providers/') || path === '/rng') return '/';
  const [, root, name, action] = path.split('/');
  const atKeys = name === undefined || name === 'restore' || action === 'create';
  return atKeys ? '/keys' : root === 'keys' || root === 'deletedkeys' ? `/keys/${name}` : '?';
}

function expectDenied(answer: WireResult, action: string, path: string): void {
  const keyless = action === 'keys/import/action' ? '/keys' : scopeOf(path);
  const text = `Not authorized to access Microsoft.KeyVault/managedHsm/${action} on ${keyless}`;
  expect(answer.status).toBe(403);
  expect(answer.json).toEqual({
    error: { code: 'AccessDenied', message: `${text} (Activity ID: ${answer.headers['x-ms-request-id']})` },
  });
}
