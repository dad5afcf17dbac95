/** What restore drills say of the keys of an HSM, for the summary of a scan. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError } from '../../core/errors.ts';
import { type BelieveDeps, readResults } from '../drill/model/results.ts';
import { type DrillsAsked, NO_DRILL_HSM, readHsmDrills, siteTroubles } from '../drill/standing.ts';
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
  /** The drill HSMs of the settings. */
  readonly sites: DrillsAsked['sites'];
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
    const points = Object.values(catalogue.keys);
    const asked = { ...given, points };
    const read = await readHsmDrills(store, asked, believe, signal);
    if (read === 'none') return await withoutDrills(store, asked, believe, signal);
    const { hsm: _hsm, restoreMs: _ms, refused, residue, untried, ...found } = read;
    const [failed, blocked, overdue] = [found.failed.length, found.blocked.length, found.overdue.length];
    return {
      drills: { ...found, failed, blocked, overdue },
      risks: found.failed.map(riskOf),
      warnings: [
        ...said(blocked, 'could not be drilled: whether they can be restored is unproven'),
        // Before the first drill nothing is late: that restores are unproven is said where the last drill would be.
        ...(found.lastAt === undefined ? [] : said(overdue, `without a proof for over ${given.days} days`)),
        ...siteTroubles({ refused, residue, untried }).map(asSentence),
      ],
    };
  } catch (error) {
    if (!isWardenError(error) || signal.aborted) throw error;
    return { risks: [], warnings: [`What drills have proven is not known: ${error.message}`] };
  }
}

const NONE = { proven: 0, metadataOnly: 0, earlier: 0, blocked: 0, overdue: 0 };

function asSentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

/** What was proven while there was a drill HSM grows old, and nobody renews it; what failed is known all the same. */
async function withoutDrills(
  store: DocumentStore,
  asked: DrillsAsked,
  believe: BelieveDeps,
  signal: AbortSignal,
): Promise<Drilled> {
  const results = await readResults(store, asked.hsm, believe, signal);
  const { failed } = summariseDrills({ ...asked, results });
  const undrilled = asked.points.length - failed.length;
  return {
    drills: { ...NONE, failed: failed.length, undrilled },
    risks: failed.map(riskOf),
    warnings: [NO_DRILL_HSM],
  };
}

function riskOf(key: string): KeyRisk {
  return { key, risk: 'drill-failed', detail: 'its recovery point did not bring it back in a drill' };
}

function said(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} key(s) ${what}.`];
}
