/** The soft-deleted keys that a first start finds: each had its backup before it was deleted, as every key should. */
import { BlobDocumentStore } from '../../adapters/blob/blob-document-store.ts';
import { createBlobService } from '../../adapters/blob/clients.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { readLastRun } from '../../features/backup/last-run.ts';
import { KEY_BACKUPS, type KeyBackupMessage } from '../../features/backup/queues.ts';
import { CONTAINERS } from '../../platform/config/product-settings.ts';
import { type Apps, storageAccess } from '../start-apps.ts';
import { deletedSeeds } from './seed-keys.ts';
import type { World } from './start-world.ts';

const DAY_SECONDS = 86_400;

/** Backs them up through the app, and deletes them. After the first run over an HSM it leaves that HSM alone. Fails with what the app fails with. */
export async function deleteSeeds(world: World, { backup }: Apps, signal: AbortSignal): Promise<void> {
  const container = createBlobService(storageAccess(world)).getContainerClient(CONTAINERS.state);
  const store = new BlobDocumentStore({ container, clock: systemClock });
  for (const hsm of world.hsms) {
    const { name } = hsm;
    if ((await readLastRun(store, name, signal)).value !== undefined) continue;
    for (const key of deletedSeeds(name)) {
      signal.throwIfAborted();
      const record = hsm.state.keys.get(key);
      if (record === undefined || record.deletion !== undefined) continue;
      const message: KeyBackupMessage = { kind: 'key-backup', hsm: name, key, reason: 'requested' };
      const outcome = await backup.deliver('keyBackupWorker', KEY_BACKUPS.schema.parse(message));
      if (outcome.status === 'failed') throw outcome.error;
      // Dated after its backup: what is backed up after a deletion is of another key.
      const deletedDate = Math.floor(hsm.now() / 1000);
      const scheduledPurgeDate = deletedDate + hsm.state.settings.retentionDays * DAY_SECONDS;
      const deletion = { deletedDate, scheduledPurgeDate };
      await hsm.change([{ type: 'putKey', key: { ...record, deletion } }]);
    }
  }
}
