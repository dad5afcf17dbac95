/** The storage adapters keep their contracts on a real Azurite: over plain HTTP with its key, and over TLS with tokens. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlobBackupStore } from '../../../src/adapters/blob/blob-backup-store.ts';
import { toMetadata } from '../../../src/adapters/blob/metadata.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { describeBackupStore } from '../../contract/backup-store.ts';
import { describeBackupVersions } from '../../contract/backup-versions.ts';
import { describeDocumentStore } from '../../contract/document-store.ts';
import { describeFaultContainer } from '../../contract/fault-container.ts';
import { describeLeases } from '../../contract/leases.ts';
import { describeWorkQueue } from '../../contract/work-queue.ts';
import { type RunningAzurite, startAzurite, startSecureAzurite } from '../../support/azurite.ts';
import { aBackupRecord } from '../../support/backup-record.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';
import {
  backupStoreWorld,
  documentStoreWorld,
  faultContainer,
  leasesWorld,
  workQueueWorld,
} from '../../support/storage-worlds.ts';
import { startVersionedBlobs } from '../../support/versioned-blobs.ts';

describe.each([
  ['on Azurite with its key', startAzurite],
  ['on Azurite over TLS with tokens', startSecureAzurite],
])('%s', (name, start) => {
  let azurite: RunningAzurite;
  beforeAll(async () => {
    azurite = await start();
  });
  afterAll(async () => azurite.stop());

  describeBackupStore(`BlobBackupStore ${name}`, () => backupStoreWorld(azurite.access));
  describeBackupStore(`BlobBackupStore, page after page ${name}`, () => backupStoreWorld(azurite.access, 1));
  describeDocumentStore(`BlobDocumentStore ${name}`, () => documentStoreWorld(azurite.access));
  describeFaultContainer(`BlobFaultContainer ${name}`, () => faultContainer(azurite.access));
  it('names no version: an account without versioning binds a backup by its name and hash alone', async () => {
    const { store } = await backupStoreWorld(azurite.access);
    const backup = Buffer.from('a backup');

    const put = await store.put(aBackupRecord(backup, { hsm: 'unversioned' }), backup);
    const { stored } = await store.fetch(put);

    expect([put.versionId, stored.versionId]).toEqual([undefined, undefined]);
  });
  describeLeases(`BlobLeases ${name}`, () => leasesWorld(azurite.access));
  describeWorkQueue(`StorageWorkQueue ${name}`, () => workQueueWorld(azurite.access));
});

describeBackupVersions('BlobBackupStore', async () => {
  const { container, close } = await startVersionedBlobs();
  return {
    store: new BlobBackupStore({ container, clock: systemClock, logger: new RecordingLogger() }),
    overwrite: async (blob, bytes, record) => {
      const options = { metadata: toMetadata(record) };
      await container.getBlockBlobClient(blob).upload(Buffer.from(bytes), bytes.length, options);
    },
    close,
  };
});
