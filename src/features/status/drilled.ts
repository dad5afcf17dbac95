/** What restore drills say of the keys of an HSM, for the summary of a scan. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError } from '../../core/errors.ts';
import { type BelieveDeps, readResults } from '../drill/model/results.ts';
import { summariseDrills } from '../drill/summary.ts';
import type { Catalogue } from '../recovery-points/catalogue.ts';
import type { KeyRisk } from './hsm-status.ts';
import type { SummaryHead } from './summary-document.ts';

/** What is known of the drills. */
export interface Drilled {
  /** Absent where the results could not be read. */
  readonly drills?: NonNullable<SummaryHead['drills']>;
  /** A recovery point that does not bring its key back is none. */
  readonly risks: readonly KeyRisk[];
  /** What is not known, or should be put right. One sentence each. */
  readonly warnings: readonly string[];
}

/** What is to be proven: the newest recovery points, each within so many days. `now`: epoch milliseconds. */
export interface ToProve {
  readonly hsm: string;
  readonly catalogue: Catalogue;
  readonly days: number;
  readonly now: number;
}

/** Reads the results of drills that count. Those that cannot be read are unknown. Fails with the reason of `signal` only. */
export async function readDrilled(
  store: DocumentStore,
  { catalogue, ...given }: ToProve,
  believe: BelieveDeps,
  signal: AbortSignal,
): Promise<Drilled> {
  try {
    const results = await readResults(store, given.hsm, believe, signal);
    const points = Object.values(catalogue.keys);
    const { hsm: _hsm, restoreMs: _ms, ...found } = summariseDrills({ ...given, points, results });
    const [failed, blocked, overdue] = [found.failed.length, found.blocked.length, found.overdue.length];
    return {
      drills: { ...found, failed, blocked, overdue },
      risks: found.failed.map((key) => ({
        key,
        risk: 'drill-failed',
        detail: 'its recovery point did not bring it back in a drill',
      })),
      warnings: [
        ...said(blocked, 'could not be drilled: whether they can be restored is unproven'),
        // Before the first drill nothing is late: that restores are unproven is said where the last drill would be.
        ...(found.lastAt === undefined ? [] : said(overdue, `without a proof for over ${given.days} days`)),
      ],
    };
  } catch (error) {
    if (!isWardenError(error) || signal.aborted) throw error;
    return { risks: [], warnings: [`What drills have proven is not known: ${error.message}`] };
  }
}

function said(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} key(s) ${what}.`];
}
