// What the documentation excludes is refused: unknown operations and data actions, impossible times, mixed types.
import { describe, expect, test } from 'vitest';
import { createKey } from '../../../src/emulator/operations/create-key.ts';
import { importKey } from '../../../src/emulator/operations/import-key.ts';
import { putRoleDefinition } from '../../../src/emulator/operations/put-role-definition.ts';
import { updateKey } from '../../../src/emulator/operations/update-key.ts';
import { BUILT_IN_ROLES } from '../../../src/emulator/rbac/built-in-roles.ts';
import { workbench } from '../support/operations.ts';

const SECRET = Buffer.alloc(32, 2).toString('base64url');
const GUID = '5b8c6f0e-7f0b-4c3f-9e53-0f2f1f4a7a10';
const refusal = (message: string) => ({ status: 400, code: 'BadParameter', message });

describe('key_ops', () => {
  test.each([['sing'], ['Sign'], ['sign', 'release'], ['']])(
    '%s is refused wherever it is given',
    async (...ops) => {
      const { perform, state } = workbench();
      await perform(createKey, { name: 'k' }, { kty: 'EC' });
      const before = state.key('k');
      const unknown = ops.at(-1) ?? '';
      const refused = refusal(`Key operation '${unknown}' is not supported`);
      await expect(perform(createKey, { name: 'n' }, { kty: 'EC', key_ops: ops })).rejects.toMatchObject(
        refused,
      );
      await expect(perform(updateKey, { name: 'k' }, { key_ops: ops })).rejects.toMatchObject(refused);
      const key = { kty: 'oct', k: SECRET, key_ops: ops };
      await expect(perform(importKey, { name: 'n' }, { key })).rejects.toMatchObject(refused);
      expect(state.key('k')).toBe(before);
      expect(state.key('n')).toBeUndefined();
    },
  );

  test('of the specification are taken', async () => {
    const { perform } = workbench();
    const ops = [
      'encrypt',
      'decrypt',
      'sign',
      'verify',
      'wrapKey',
      'unwrapKey',
      'import',
      'export',
      'deriveKey',
    ];
    const made = await perform(createKey, { name: 'k' }, { kty: 'RSA', key_ops: ops });
    expect(made.body).toMatchObject({ key: { key_ops: ops } });
  });
});

describe('exp and nbf', () => {
  test.each([
    [999, 1000, false],
    [1000, 1000, true],
    [1001, 1000, true],
    [1001, undefined, true],
    [undefined, 1000, true],
  ])('exp %s with nbf %s: allowed %s', async (exp, nbf, allowed) => {
    const { perform } = workbench();
    const attributes = { exp, nbf };
    await perform(createKey, { name: 'k' }, { kty: 'EC' });
    const tries = [
      perform(createKey, { name: 'n' }, { kty: 'EC', attributes }),
      perform(importKey, { name: 'i' }, { key: { kty: 'oct', k: SECRET }, attributes }),
      perform(updateKey, { name: 'k' }, { attributes }),
    ];
    for (const one of tries) {
      if (allowed) await expect(one).resolves.toMatchObject({ status: 200 });
      else await expect(one).rejects.toMatchObject({ status: 400, code: 'BadParameter' });
    }
  });

  test('an update is judged together with what stays', async () => {
    const { perform } = workbench();
    await perform(createKey, { name: 'k' }, { kty: 'EC', attributes: { nbf: 1000 } });
    const update = perform(updateKey, { name: 'k' }, { attributes: { exp: 999 } });
    await expect(update).rejects.toMatchObject({ status: 400 });
  });
});

describe('a version of another type', () => {
  test('is refused, whether it is made or imported', async () => {
    const { perform, state } = workbench();
    await perform(createKey, { name: 'k' }, { kty: 'EC' });
    const refused = refusal('Key k is of type EC-HSM and cannot have a version of type RSA-HSM');
    await expect(perform(createKey, { name: 'K' }, { kty: 'RSA' })).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('of type RSA-HSM'),
    });
    await expect(perform(createKey, { name: 'k' }, { kty: 'RSA-HSM' })).rejects.toMatchObject(refused);
    const key = { kty: 'oct', k: SECRET };
    await expect(perform(importKey, { name: 'k' }, { key })).rejects.toMatchObject({ status: 400 });
    expect(state.key('k')?.versions).toHaveLength(1);
  });

  test('is taken when only the curve or the size differs', async () => {
    const { perform, state } = workbench();
    await perform(createKey, { name: 'k' }, { kty: 'EC' });
    await perform(createKey, { name: 'k' }, { kty: 'EC-HSM', crv: 'P-384' });
    expect(state.key('k')?.versions).toHaveLength(2);
  });
});

describe('data actions of a role definition', () => {
  const define = (action: string, member: 'dataActions' | 'notDataActions') => {
    const { perform } = workbench();
    return perform(
      putRoleDefinition,
      { id: GUID },
      { properties: { permissions: [{ [member]: [action] }] } },
    );
  };

  test.each([
    'Microsoft.KeyVault/managedHsm/keys/sign',
    'Microsoft.KeyVault/managedHsm/keys/*',
    'Microsoft.KeyVault/managedHsm/keys/create/action',
    'Microsoft.KeyVault/vaults/keys/sign/action',
    '*',
    '',
  ])('%s is refused', async (action) => {
    const refused = refusal(`Unknown data action: ${action}`);
    await expect(define(action, 'dataActions')).rejects.toMatchObject(refused);
    await expect(define(action, 'notDataActions')).rejects.toMatchObject(refused);
  });

  test('of every built-in role are taken, in any letter case', async () => {
    for (const action of new Set(BUILT_IN_ROLES.flatMap(({ dataActions }) => dataActions))) {
      await expect(define(action.toUpperCase(), 'dataActions')).resolves.toMatchObject({ status: 201 });
    }
  });
});
