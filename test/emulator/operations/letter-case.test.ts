// Names of keys are the same in any letter case; a key keeps the spelling of its creation.

import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { backupKey } from '../../../src/emulator/operations/backup-key.ts';
import { createKey } from '../../../src/emulator/operations/create-key.ts';
import { deleteKey } from '../../../src/emulator/operations/delete-key.ts';
import { getDeletedKey } from '../../../src/emulator/operations/get-deleted-key.ts';
import { getKey } from '../../../src/emulator/operations/get-key.ts';
import { importKey } from '../../../src/emulator/operations/import-key.ts';
import { listKeyVersions } from '../../../src/emulator/operations/list-key-versions.ts';
import { listKeys } from '../../../src/emulator/operations/list-keys.ts';
import { purgeDeletedKey } from '../../../src/emulator/operations/purge-deleted-key.ts';
import { recoverDeletedKey } from '../../../src/emulator/operations/recover-deleted-key.ts';
import { restoreKey } from '../../../src/emulator/operations/restore-key.ts';
import { rotateKey } from '../../../src/emulator/operations/rotate-key.ts';
import { setRotationPolicy } from '../../../src/emulator/operations/rotation-policy.ts';
import { updateKey } from '../../../src/emulator/operations/update-key.ts';
import { sign } from '../../../src/emulator/operations/use-key.ts';
import { keyRecord } from '../support/keys.ts';
import { BASE_URL, poolState, workbench } from '../support/operations.ts';

const Bundle = z.looseObject({ key: z.object({ kid: z.string() }) });
const Value = z.object({ value: z.string() });
const List = z.object({ value: z.array(z.object({ kid: z.string() })) });
const DIGEST = Buffer.alloc(32, 1).toString('base64url');
const SECRET = Buffer.alloc(32, 2).toString('base64url');

/** A pool with the key `Orders`, deleted when asked for. */
async function pool(deleted = false) {
  const bench = workbench();
  await bench.perform(createKey, { name: 'Orders' }, { kty: 'EC' });
  if (deleted) await bench.perform(deleteKey, { name: 'Orders' });
  return bench;
}

describe.each(['orders', 'ORDERS', 'oRdErS'])('written as %s, the key Orders', (name) => {
  test.each([
    ['is got', getKey, undefined, false],
    ['is updated', updateKey, { tags: { a: '1' } }, false],
    ['gets another version', createKey, { kty: 'EC' }, false],
    ['is deleted', deleteKey, undefined, false],
    ['is got as a deleted key', getDeletedKey, undefined, true],
    ['is recovered', recoverDeletedKey, undefined, true],
  ] as const)('%s under the spelling of its creation', async (_, operation, body, deleted) => {
    const { perform } = await pool(deleted);
    const answer = Bundle.parse((await perform(operation, { name }, body)).body);
    expect(answer.key.kid).toMatch(/\/keys\/Orders\/[0-9a-f]{32}$/);
    if ('recoveryId' in answer) expect(answer.recoveryId).toBe(`${BASE_URL}/deletedkeys/Orders`);
  });

  test('is one key in lists, with all its versions', async () => {
    const { perform, state } = await pool();
    await perform(createKey, { name }, { kty: 'EC' });
    await perform(setRotationPolicy, { name }, { attributes: { expiryTime: 'P90D' } });
    await perform(rotateKey, { name });
    expect(List.parse((await perform(listKeys)).body).value).toMatchObject([
      { kid: `${BASE_URL}/keys/Orders` },
    ]);
    expect(List.parse((await perform(listKeyVersions, { name })).body).value).toHaveLength(3);
    expect(state.activeKeys).toBe(1);
  });

  test('signs', async () => {
    const { perform } = await pool();
    const { body } = await perform(sign, { name }, { alg: 'ES256', value: DIGEST });
    expect(body).toMatchObject({ kid: expect.stringContaining('/keys/Orders/') });
  });

  test('is found by a version in capitals', async () => {
    const { perform, state } = await pool();
    const version = state.key('orders')?.versions[0]?.id ?? '';
    const { body } = await perform(getKey, { name, version: version.toUpperCase() });
    expect(Bundle.parse(body).key.kid).toBe(`${BASE_URL}/keys/Orders/${version}`);
  });

  test('keeps its name from others while it is soft-deleted', async () => {
    const { perform } = await pool(true);
    await expect(perform(createKey, { name }, { kty: 'EC' })).rejects.toMatchObject({ status: 409 });
    const key = { kty: 'oct', k: SECRET };
    await expect(perform(importKey, { name }, { key })).rejects.toMatchObject({ status: 409 });
  });

  test('is purged, and the name is free in any spelling', async () => {
    const { perform, state } = await pool(true);
    await perform(purgeDeletedKey, { name });
    expect(state.keys.size).toBe(0);
    const { body } = await perform(createKey, { name }, { kty: 'EC' });
    expect(Bundle.parse(body).key.kid).toContain(`/keys/${name}/`);
  });

  test.each([false, true])('refuses the restore of a namesake (soft-deleted: %s)', async (deleted) => {
    const other = workbench();
    await other.perform(createKey, { name }, { kty: 'EC' });
    const { value } = Value.parse((await other.perform(backupKey, { name })).body);
    const { perform } = await pool(deleted);
    await expect(perform(restoreKey, {}, { value })).rejects.toMatchObject({ status: 409, code: 'Conflict' });
  });

  test('is restored under the spelling in its backup', async () => {
    const { perform } = await pool();
    const { value } = Value.parse((await perform(backupKey, { name })).body);
    await perform(deleteKey, { name });
    await perform(purgeDeletedKey, { name });
    expect(Bundle.parse((await perform(restoreKey, {}, { value })).body).key.kid).toContain('/keys/Orders/');
  });
});

test('what is not found is named as it was asked for', async () => {
  const { perform } = await pool(true);
  await expect(perform(getKey, { name: 'ORDERS' })).rejects.toMatchObject({
    message: `Key not found: ${BASE_URL}/keys/ORDERS`,
  });
});

test('a stored pool of an earlier version with two keys that differ in letter case only is not opened', () => {
  const state = poolState();
  state.apply({ type: 'putKey', key: keyRecord({ name: 'Orders' }) });
  expect(() => state.apply({ type: 'putKey', key: keyRecord({ name: 'orders', order: 2 }) })).toThrow(
    'Orders and orders',
  );
});
