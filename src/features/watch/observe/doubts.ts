/** Finds out of which keys a scan cannot judge from the lists alone. */

import type { ListedDeletedKey } from '../../../core/model/key.ts';
import { distinctNames, foldName, ownValue } from '../../../core/model/key-name.ts';
import type { Catalogue, CatalogueEntry } from '../../recovery-points/catalogue.ts';
import { isSameDeletion } from '../model/context.ts';
import type { NotedDamage } from '../model/noted-damage.ts';
import type { Observation } from '../model/observation.ts';
import { account, type PastPurge } from '../model/purge-ledger.ts';
import type { Signals } from '../model/signals.ts';
import type { KnownKey, WatchState } from '../model/watch-state.ts';

/**
 * Names to be read directly before anything is said of them: in neither list although known, or there with signs of
 * being another key than the one remembered.
 */
export function doubtfulNames(
  state: WatchState,
  observation: Observation,
  catalogue: Catalogue,
  signals: Signals,
  damaged: NotedDamage,
): ReadonlySet<string> {
  const doubtful = new Set<string>();
  for (const [name, known] of Object.entries(state.keys)) {
    if (isDoubtful(known, name, observation)) doubtful.add(name);
  }
  for (const name of observation.active.keys()) {
    if (ownValue(state.keys, name) === undefined && ownValue(state.purges, name) !== undefined)
      doubtful.add(name);
  }
  for (const [name, entry] of Object.entries(catalogue.keys)) {
    if (!isSeen(name, observation) && isUnreportedBackup(entry, ownValue(state.purges, name)))
      doubtful.add(name);
  }
  for (const name of damaged.keys()) {
    if (!isSeen(name, observation) && ownValue(state.purges, name) === undefined) doubtful.add(name);
  }
  // All purges of a name together: one of them may be the record of a purge reported before, the next is none.
  for (const purges of Map.groupBy(signals.purges, ({ key }) => foldName(key)).values()) {
    const name = purges[0]?.key ?? '';
    if (isRememberedDeletion(ownValue(state.keys, name), observation.deleted.get(name))) continue;
    if (account(ownValue(state.purges, name), purges).fresh.length > 0) doubtful.add(name);
  }
  return distinctNames(doubtful);
}

/** Whether a backup is of a key whose purge was not reported: none was, or the backup is younger. */
export function isUnreportedBackup({ record }: CatalogueEntry, past: PastPurge | undefined): boolean {
  return past === undefined || record.capturedAt > past.at;
}

/** Whether the key there is the one remembered, deleted as before: then a purge was one of an earlier key. */
function isRememberedDeletion(known: KnownKey | undefined, deleted: ListedDeletedKey | undefined): boolean {
  return (
    known?.state === 'deleted' && deleted !== undefined && isSameDeletion(known.deletedAt, deleted.deletedAt)
  );
}

function isDoubtful(known: KnownKey, name: string, observation: Observation): boolean {
  const deleted = observation.deleted.get(name);
  if (deleted !== undefined) {
    if (known.state === 'active' || isSameDeletion(known.deletedAt, deleted.deletedAt)) return false;
    return deleted.attributes.createdAt !== known.createdAt;
  }
  const key = observation.active.get(name);
  if (key === undefined || known.state === 'deleted') return true;
  return key.attributes.createdAt !== known.createdAt;
}

function isSeen(name: string, { active, deleted }: Observation): boolean {
  return active.has(name) || deleted.has(name);
}
