/** What restore drills say of a backup, for those who approve its restore. */
import { isWardenError } from '../../../core/errors.ts';
import type { StoredBackup } from '../../../core/ports.ts';
import type { DrillsOf } from '../../drill/model/results.ts';
import { drillNotes } from '../../drill/summary.ts';

/** Sentences; none where there are no drills. Results that cannot be read keep nobody from a recovery. Fails with `aborted`. */
export async function drilledNotes(
  drills: DrillsOf | undefined,
  { record: { hsm, key, sha256 } }: StoredBackup,
  signal?: AbortSignal,
): Promise<string[]> {
  try {
    const results = await drills?.(hsm, signal);
    return results === undefined ? [] : drillNotes(results, { hsm, key, sha256 });
  } catch (error) {
    if (!isWardenError(error) || signal?.aborted === true) throw error;
    return [`Whether a drill has tried this backup is unknown: ${error.message}`];
  }
}
