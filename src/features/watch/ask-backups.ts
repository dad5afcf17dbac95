/** Asks for the backups that no run takes on its own: a list of keys holds times and no versions, so two keys of one second look alike. */
import { ownValue } from '../../core/model/key-name.ts';
import { type KeySelection, reasonToSkip } from '../../core/model/selection.ts';
import type { WorkQueue } from '../../core/ports.ts';
import { KEY_BACKUPS, type KeyBackupMessage } from '../backup/queues.ts';
import { judgeCoverage } from './model/coverage.ts';
import type { ScanResult } from './scan.ts';

/** The rest is asked for by the next scan. */
const MOST_AT_ONCE = 100;

/** What a scan saw of the keys of an HSM. */
type Seen = Pick<ScanResult, 'hsm' | 'state' | 'observation' | 'catalogue'>;

/**
 * The active keys whose newest backup is of the key before them, and was made of it when it had the very times that they have: a run calls
 * such a key unchanged.
 */
function keysTakenForOthers(
  { state, observation, catalogue }: Seen,
  selection: KeySelection,
): readonly string[] {
  return [...(observation?.active.values() ?? [])]
    .filter((key) => {
      const entry = ownValue(catalogue.keys, key.name);
      const known = ownValue(state.keys, key.name);
      if (entry === undefined || known?.oldestVersion === undefined) return false;
      const { createdAt, updatedAt } = key.attributes;
      const isAlike = entry.record.createdAt === createdAt && entry.record.updatedAt === updatedAt;
      if (!isAlike || reasonToSkip(key, selection) !== undefined) return false;
      return judgeCoverage(createdAt, entry, known.oldestVersion).coverage === 'none';
    })
    .map(({ name }) => name);
}

/** Asks for a backup of each, at every scan until there is one. Fails with the codes of the queue. */
export async function askForBackups(queue: WorkQueue, seen: Seen, selection: KeySelection): Promise<void> {
  for (const key of keysTakenForOthers(seen, selection).slice(0, MOST_AT_ONCE)) {
    const message: KeyBackupMessage = { kind: 'key-backup', hsm: seen.hsm, key, reason: 'changed' };
    await queue.send(KEY_BACKUPS, message);
  }
}
