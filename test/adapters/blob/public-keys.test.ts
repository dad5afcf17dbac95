/** What is kept beside a backup counts for that backup only: one that says otherwise is reported, and never taken for absent or good. */
import type { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlobBackupStore } from '../../../src/adapters/blob/blob-backup-store.ts';
import { publicKeysBlobName } from '../../../src/adapters/blob/layout.ts';
import type { PublicKey } from '../../../src/core/model/public-key.ts';
import { type RunningAzurite, startAzurite } from '../../support/azurite.ts';
import { aBackupRecord, versionId } from '../../support/backup-record.ts';
import { failureOf } from '../../support/errors.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';
import { openContainer } from '../../support/storage-worlds.ts';

const BACKUP = Buffer.from('eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVydGV4dA.dGFn');
const KEYS = new Map<string, PublicKey>([[versionId(1), { kty: 'EC', crv: 'P-256', x: 'AQ', y: 'Ag' }]]);
const RECORD = aBackupRecord(BACKUP, { hsm: 'contoso', key: 'orders' });
let azurite: RunningAzurite;
let container: ContainerClient;
let store: BlobBackupStore;
let blob: string;

beforeAll(async () => {
  azurite = await startAzurite();
  container = await openContainer(azurite.access, 'key-backups');
  store = new BlobBackupStore({ container, clock: new ManualClock(), logger: new RecordingLogger() });
  ({ blob } = await store.put(RECORD, BACKUP, undefined, KEYS));
});
afterAll(() => azurite.stop());

/** What whoever may write storage can put there. */
async function put(fields: Readonly<Record<string, unknown>>): Promise<void> {
  const own = { format: 1, hsm: 'contoso', key: 'orders', publicKeys: Object.fromEntries(KEYS) };
  const content = JSON.stringify({ ...own, ...fields });
  await container.getBlockBlobClient(publicKeysBlobName(blob)).upload(content, Buffer.byteLength(content));
}

describe('the public keys beside a backup', () => {
  it('are read where they say that they are of its key on its HSM', async () => {
    await put({});

    expect(await store.publicKeysOf(blob)).toEqual(KEYS);
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['another key', { key: 'invoices' }, 'of key invoices on HSM contoso'],
    ['a key of that name on another HSM', { hsm: 'fabrikam' }, 'of key orders on HSM fabrikam'],
    ['a key whose name differs in case alone', { key: 'Orders' }, 'of key Orders on HSM contoso'],
    ['another key, and are none', { key: 'invoices', publicKeys: {} }, 'of key invoices on HSM contoso'],
    ['nobody', { key: undefined }, 'cannot be read'],
    ['its key, in a format of later', { format: 2 }, 'cannot be read'],
  ])('are damaged where they say that they are of %s', async (_who, fields, says) => {
    await put(fields);
    const failure = await failureOf(store.publicKeysOf(blob));

    expect(failure.code).toBe('backup-damaged');
    expect(failure.message).toContain(says);
    expect(failure.message).toContain(blob);
  });

  it('are damaged beside a pinned copy, too', async () => {
    await put({ hsm: 'fabrikam' });
    const copy = await store.pin(blob);

    expect((await failureOf(store.publicKeysOf(copy))).code).toBe('backup-damaged');
  });
});
