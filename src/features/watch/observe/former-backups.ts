/** Finds the backup of a key that is gone where the catalogue already has one of its successor. */

import { NameMap, ownValue } from '../../../core/model/key-name.ts';
import { placeInTime } from '../../../core/model/recovery-order.ts';
import type { BackupStore, StoredBackup } from '../../../core/ports.ts';
import type { Catalogue, CatalogueEntry } from '../../recovery-points/catalogue.ts';
import type { Presence } from '../model/observation.ts';
import type { KnownKey, WatchState } from '../model/watch-state.ts';
import { hasVersionOf, isBackupAfter, isReplaced } from './identity.ts';

/** Per name the newest backup that can be of the key remembered; a name that is absent has it in the catalogue. */
export type FormerBackups = ReadonlyMap<string, CatalogueEntry | undefined>;

/** Reads the store for the names among `confirmed` whose catalogue entry is too young. Fails with a storage code. */
export async function readFormerBackups(
  backups: Pick<BackupStore, 'list'>,
  state: WatchState,
  catalogue: Catalogue,
  confirmed: ReadonlyMap<string, Presence>,
  signal: AbortSignal,
): Promise<FormerBackups> {
  const former = new NameMap<CatalogueEntry | undefined>();
  for (const [name, presence] of confirmed) {
    const known = ownValue(state.keys, name);
    const entry = ownValue(catalogue.keys, name);
    if (known === undefined || entry === undefined || canBeOf(entry, known, presence, state.lookedAt))
      continue;
    former.set(name, await newest(backups, state, name, known, presence, signal));
  }
  return former;
}

/** Whether a backup can be of the key remembered, given where the name is now. */
function canBeOf(
  backup: Pick<CatalogueEntry, 'record'>,
  known: KnownKey,
  presence: Presence,
  lookedAt = 0,
): boolean {
  if (known.state === 'deleted') return !isBackupAfter(backup, known);
  // Seen active, and deleted now: of backups taken since that scan nobody can say which key of the name they hold.
  if (presence.is === 'deleted') {
    return backup.record.createdAt === known.createdAt || backup.record.capturedAt <= lookedAt;
  }
  if (presence.is !== 'active' || !isReplaced(known, presence.versions, undefined)) return true;
  return !hasVersionOf(backup, presence.versions ?? []);
}

async function newest(
  backups: Pick<BackupStore, 'list'>,
  { hsm, lookedAt }: WatchState,
  name: string,
  known: KnownKey,
  presence: Presence,
  signal: AbortSignal,
): Promise<CatalogueEntry | undefined> {
  let found: StoredBackup | undefined;
  for await (const page of backups.list(hsm, name, signal)) {
    for (const backup of page) {
      if (canBeOf(backup, known, presence, lookedAt) && (found === undefined || isBetter(backup, found)))
        found = backup;
    }
  }
  return found;
}

/** The younger one; of a backup and its pinned copy the one with the shorter name, which is the original. */
function isBetter(a: StoredBackup, b: StoredBackup): boolean {
  const age = placeInTime(a, b);
  return age === 0 ? a.blob.length < b.blob.length : age > 0;
}
