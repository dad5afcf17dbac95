// What deleting, recovering, purging, restoring and rotating do to keys, without a server.
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
