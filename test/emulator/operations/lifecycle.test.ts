// What operations do to keys, one after the other, without a server.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { backupKey } from '../../../src/emulator/operations/backup-key.ts';
import { createKey } from '../../../src/emulator/operations/create-key.ts';
import { deleteKey } from '../../../src/emulator/operations/delete-key.ts';
import { getDeletedKey } from '../../../src/emulator/operations/get-deleted-key.ts';
import { getKey } from '../../../src/emulator/operations/get-key.ts';
import { listDeletedKeys } from '../../../src/emulator/operations/list-deleted-keys.ts';
import { listKeys } from '../../../src/emulator/operations/list-keys.ts';
import { purgeDeletedKey } from '../../../src/emulator/operations/purge-deleted-key.ts';
import { recoverDeletedKey } from '../../../src/emulator/operations/recover-deleted-key.ts';
import { restoreKey } from '../../../src/emulator/operations/restore-key.ts';
import { rotateKey } from '../../../src/emulator/operations/rotate-key.ts';
import { setRotationPolicy } from '../../../src/emulator/operations/rotation-policy.ts';
import { updateKey } from '../../../src/emulator/operations/update-key.ts';
import { NOW, workbench } from '../support/operations.ts';

const Bundle = z.object({
  attributes: z.object({
    created: z.number(),
    updated: z.number(),
    enabled: z.boolean(),
    exp: z.number().optional(),
  }),
  key: z.object({ kid: z.string(), kty: z.string(), key_ops: z.array(z.string()) }),
  tags: z.record(z.string(), z.string()).optional(),
});
const BackupValue = z.object({ value: z.string() });
const POLICY = Buffer.from('{"version":"1.0.0","anyOf":[]}').toString('base64url');

describe('create', () => {
  test.each([
    [{ kty: 'RSA' }, 'RSA-HSM', ['encrypt', 'decrypt', 'sign', 'verify', 'wrapKey', 'unwrapKey']],
    [{ kty: 'RSA-HSM', key_ops: ['import'] }, 'RSA-HSM', ['import']],
    [{ kty: 'EC' }, 'EC-HSM', ['sign', 'verify', 'deriveKey']],
    [
      { kty: 'oct' },
      'oct-HSM',
      ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey', 'sign', 'verify', 'deriveKey'],
    ],
    [
      { kty: 'AES', key_size: 128 },
      'oct-HSM',
      ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey', 'sign', 'verify', 'deriveKey'],
    ],
    [{ kty: 'OKP' }, 'OKP-HSM', ['sign', 'verify']],
  ])('%o makes %s that may %s', async (body, kty, operations) => {
    const { perform } = workbench();
    const { key } = Bundle.parse((await perform(createKey, { name: 'k' }, body)).body);
    expect(key).toMatchObject({ kty, key_ops: operations });
  });

  test('an existing name gets a new version and keeps its place in the list', async () => {
    const { perform, state } = workbench();
    await perform(createKey, { name: 'a' }, { kty: 'EC' });
    await perform(createKey, { name: 'b' }, { kty: 'EC' });
    await perform(createKey, { name: 'a' }, { kty: 'EC' });
    expect([...state.keys.values()].map(({ name, versions }) => [name, versions.length])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  test('the name of a soft-deleted key is refused', async () => {
    const { perform } = workbench();
    await perform(createKey, { name: 'k' }, { kty: 'EC' });
    await perform(deleteKey, { name: 'k' });
    await expect(perform(createKey, { name: 'k' }, { kty: 'EC' })).rejects.toMatchObject({
      status: 409,
      code: 'Conflict',
    });
  });

  test.each([
    [{ exportable: true }, undefined, 'Exportable keys must have release policy'],
    [{}, { data: POLICY }, 'Non-exportable keys must not have release policy'],
    [
      { exportable: true },
      { data: Buffer.from('{"version":"1.0"}').toString('base64url') },
      "Key Release Policy: missing 'version' property",
    ],
    [{ exportable: true }, { data: 'bm9uZQ' }, "Key Release Policy: missing 'version' property"],
  ])('attributes %o with policy %o are refused', async (attributes, policy, message) => {
    const { perform } = workbench();
    const body = { kty: 'EC', attributes, release_policy: policy };
    await expect(perform(createKey, { name: 'k' }, body)).rejects.toMatchObject({
      code: 'BadParameter',
      message,
    });
  });

  test.each([
    ['the 5000th key', 4999, true],
    ['the 5001st key', 5000, false],
  ])('%s: allowed %s', async (_, existing, allowed) => {
    const { perform, state } = workbench();
    await perform(createKey, { name: 'first' }, { kty: 'EC' });
    const first = state.keys.get('first');
    if (!first) throw new TypeError('not created');
    for (let index = 1; index < existing; index += 1) {
      state.apply({ type: 'putKey', key: { ...first, name: `k${index}`, order: index + 1 } });
    }
    const made = perform(createKey, { name: 'last' }, { kty: 'EC' });
    if (allowed) await expect(made).resolves.toMatchObject({ status: 200 });
    else await expect(made).rejects.toMatchObject({ status: 400 });
  });

  test.each([
    [99, true, true],
    [100, true, false],
    [100, false, true],
  ])('a version after %i with limits %s: allowed %s', async (existing, limited, allowed) => {
    const { perform, state } = workbench({}, limited);
    await perform(createKey, { name: 'k' }, { kty: 'EC' });
    const key = state.keys.get('k');
    const [version] = key?.versions ?? [];
    if (!key || !version) throw new TypeError('not created');
    state.apply({
      type: 'putKey',
      key: { ...key, versions: Array.from({ length: existing }, () => version) },
    });
    const made = perform(createKey, { name: 'k' }, { kty: 'EC' });
    if (allowed) await expect(made).resolves.toMatchObject({ status: 200 });
    else await expect(made).rejects.toMatchObject({ status: 400 });
  });
});

describe('update', () => {
  test('moves updated, keeps created and the version, and replaces tags and key_ops', async () => {
    const { perform, clock } = workbench();
    const made = Bundle.parse(
      (await perform(createKey, { name: 'k' }, { kty: 'EC', tags: { a: '1', b: '2' } })).body,
    );
    clock.now += 60;
    const body = { tags: { c: '3' }, key_ops: ['sign'], attributes: { exp: NOW + 1000 } };
    const updated = Bundle.parse((await perform(updateKey, { name: 'k' }, body)).body);
    expect(updated).toMatchObject({
      tags: { c: '3' },
      attributes: { created: NOW, updated: NOW + 60, exp: NOW + 1000, enabled: true },
    });
    expect(updated.key).toMatchObject({ kid: made.key.kid, key_ops: ['sign'] });
  });

  test('an empty change changes nothing visible but updated', async () => {
    const { perform } = workbench();
    const { body } = await perform(createKey, { name: 'k' }, { kty: 'EC', tags: { a: '1' } });
    expect((await perform(updateKey, { name: 'k' }, { attributes: {} })).body).toEqual(body);
  });

  test('empty tags take the member away', async () => {
    const { perform } = workbench();
    await perform(createKey, { name: 'k' }, { kty: 'EC', tags: { a: '1' } });
    expect((await perform(updateKey, { name: 'k' }, { tags: {} })).body).not.toHaveProperty('tags');
  });

  test('any release policy sent for an immutable one is refused, the same included', async () => {
    const { perform } = workbench();
    const policy = { data: POLICY, immutable: true };
    await perform(
      createKey,
      { name: 'k' },
      { kty: 'EC', attributes: { exportable: true }, release_policy: policy },
    );
    await expect(perform(updateKey, { name: 'k' }, { release_policy: policy })).rejects.toMatchObject({
      message: 'Immutable Release policy cannot be modified',
    });
  });
});

describe('delete, recover, purge', () => {
  test('the purge date is the retention after the deletion, to the second', async () => {
    const { perform, clock } = workbench({ retentionDays: 33 });
    await perform(createKey, { name: 'k' }, { kty: 'EC' });
    clock.now += 5;
    expect((await perform(deleteKey, { name: 'k' })).body).toMatchObject({
      deletedDate: NOW + 5,
      scheduledPurgeDate: NOW + 5 + 33 * 86_400,
      attributes: { created: NOW, updated: NOW },
    });
  });

  test('recover gives back the very key', async () => {
    const { perform, state } = workbench();
    const { body } = await perform(createKey, { name: 'k' }, { kty: 'EC' });
    const before = state.keys.get('k');
    await perform(deleteKey, { name: 'k' });
    expect((await perform(recoverDeletedKey, { name: 'k' })).body).toEqual(body);
    expect(state.keys.get('k')).toEqual(before);
  });

  test.each([
    [7, false, 'CustomizedRecoverable+Purgeable'],
    [89, false, 'CustomizedRecoverable+Purgeable'],
    [90, false, 'Recoverable+Purgeable'],
    [7, true, 'CustomizedRecoverable'],
    [90, true, 'Recoverable'],
  ])('%i days, purge protection %s: %s', async (retentionDays, purgeProtection, recoveryLevel) => {
    const { perform } = workbench({ retentionDays, purgeProtection });
    await perform(createKey, { name: 'k' }, { kty: 'EC' });
    expect((await perform(getKey, { name: 'k' })).body).toMatchObject({
      attributes: { recoveryLevel, recoverableDays: retentionDays },
    });
  });

  test('purge protection refuses the purge and the key can still be recovered', async () => {
    const { perform } = workbench({ purgeProtection: true });
    await perform(createKey, { name: 'k' }, { kty: 'EC' });
    await perform(deleteKey, { name: 'k' });
    await expect(perform(purgeDeletedKey, { name: 'k' })).rejects.toMatchObject({ status: 403 });
    await perform(recoverDeletedKey, { name: 'k' });
  });

  test('lists hold a key once: active or deleted', async () => {
    const { perform } = workbench();
    await perform(createKey, { name: 'k' }, { kty: 'EC' });
    await perform(deleteKey, { name: 'k' });
    expect((await perform(listKeys)).body).toEqual({ value: [] });
    expect((await perform(listDeletedKeys)).body).toMatchObject({
      value: [{ kid: 'https://contoso.managedhsm.localhost/keys/k' }],
    });
    expect((await perform(getDeletedKey, { name: 'k' })).status).toBe(200);
  });
});

describe('backup and restore', () => {
  async function saved(settings = {}) {
    const bench = workbench(settings);
    await bench.perform(createKey, { name: 'k' }, { kty: 'EC' });
    const { value } = BackupValue.parse((await bench.perform(backupKey, { name: 'k' })).body);
    return { ...bench, value };
  }

  test('into another pool of the same security domain', async () => {
    const { value, state } = await saved();
    const other = workbench({ name: 'fabrikam', retentionDays: 90 });
    await other.perform(restoreKey, {}, { value });
    expect(other.state.keys.get('k')).toEqual(state.keys.get('k'));
  });

  test('into a pool of another security domain: refused', async () => {
    const { value } = await saved();
    const other = workbench({ securityDomain: 'another' });
    await expect(other.perform(restoreKey, {}, { value })).rejects.toMatchObject({
      code: 'MalformedBackupBlob',
    });
  });

  test('onto an active and onto a soft-deleted key: refused', async () => {
    const { perform, value } = await saved();
    await expect(perform(restoreKey, {}, { value })).rejects.toMatchObject({ status: 409 });
    await perform(deleteKey, { name: 'k' });
    await expect(perform(restoreKey, {}, { value })).rejects.toMatchObject({ status: 409 });
    await perform(purgeDeletedKey, { name: 'k' });
    await perform(restoreKey, {}, { value });
  });

  test('a changed character anywhere spoils a backup', async () => {
    const { value, perform } = await saved();
    await perform(deleteKey, { name: 'k' });
    await perform(purgeDeletedKey, { name: 'k' });
    const spoiled = Buffer.from(value, 'base64url').toString('ascii');
    const middle = Math.floor(spoiled.length / 2);
    const changed = `${spoiled.slice(0, middle)}${spoiled[middle] === 'A' ? 'B' : 'A'}${spoiled.slice(middle + 1)}`;
    const damaged = Buffer.from(changed).toString('base64url');
    await expect(perform(restoreKey, {}, { value: damaged })).rejects.toMatchObject({
      code: 'MalformedBackupBlob',
    });
  });
});

describe('rotation', () => {
  const action = { action: { type: 'Rotate' }, trigger: { timeAfterCreate: 'P30D' } };

  test.each([
    ['P28D', 28 * 86_400],
    ['P90D', 7_776_000],
    // From November 2023 over the leap day of 2024.
    ['P1Y', 366 * 86_400],
    ['P2M', Date.UTC(2024, 0, 14, 22, 13, 20) / 1000 - NOW],
  ])('with expiry %s the new version expires that much later', async (expiryTime, seconds) => {
    const { perform } = workbench();
    await perform(createKey, { name: 'k' }, { kty: 'EC' });
    await perform(
      setRotationPolicy,
      { name: 'k' },
      { attributes: { expiryTime }, lifetimeActions: [action] },
    );
    const { attributes } = Bundle.parse((await perform(rotateKey, { name: 'k' })).body);
    expect((attributes.exp ?? 0) - attributes.created).toBe(seconds);
  });

  test.each([
    [{ attributes: { expiryTime: 'P27D' } }],
    [{ attributes: { expiryTime: '90 days' } }],
    [{ lifetimeActions: [{ action: { type: 'Notify' }, trigger: { timeBeforeExpiry: 'P30D' } }] }],
    [{ lifetimeActions: [{ action: { type: 'Rotate' }, trigger: { timeAfterCreate: 'P27D' } }] }],
  ])('the policy %o is refused', async (policy) => {
    const { perform } = workbench();
    await perform(createKey, { name: 'k' }, { kty: 'EC' });
    await expect(perform(setRotationPolicy, { name: 'k' }, policy)).rejects.toMatchObject({ status: 400 });
  });

  test('without a policy nothing is rotated', async () => {
    const { perform, state } = workbench();
    await perform(createKey, { name: 'k' }, { kty: 'EC' });
    await expect(perform(rotateKey, { name: 'k' })).rejects.toMatchObject({ status: 400 });
    expect(state.keys.get('k')?.versions).toHaveLength(1);
  });
});
