/** The storage adapters keep their contracts on a real Azurite: over plain HTTP with its key, and over TLS with tokens. */
import { afterAll, beforeAll, describe } from 'vitest';
import { describeBackupStore } from '../../contract/backup-store.ts';
import { describeLeases } from '../../contract/leases.ts';
import { describeStateStore } from '../../contract/state-store.ts';
import { describeWorkQueue } from '../../contract/work-queue.ts';
import { type RunningAzurite, startAzurite, startSecureAzurite } from '../../support/azurite.ts';
import {
  backupStoreWorld,
  leasesWorld,
  stateStoreWorld,
  workQueueWorld,
} from '../../support/storage-worlds.ts';

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
  describeStateStore(`BlobStateStore ${name}`, () => stateStoreWorld(azurite.access));
  describeLeases(`BlobLeases ${name}`, () => leasesWorld(azurite.access));
  describeWorkQueue(`StorageWorkQueue ${name}`, () => workQueueWorld(azurite.access));
});
