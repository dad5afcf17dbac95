/** What restore drills say of the keys of an HSM, for the summary of a scan. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError } from '../../core/errors.ts';
import { NameMap } from '../../core/model/key-name.ts';
import type { BelieveDeps } from '../drill/model/results.ts';
import {
  type DrillsAsked,
  type HsmDrills,
  NO_DRILL_HSM,
  readHsmDrills,
  siteTroubles,
} from '../drill/standing.ts';
import type { Catalogue } from '../recovery-points/catalogue.ts';
import { type HsmStatus, type KeyRisk, wasSeen } from './hsm-status.ts';
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
    const { hsm: _hsm, restoreMs: _ms, named, refused, residue, untried, partsUntried, ...found } = read;
    const [failed, blocked, overdue] = [found.failed.length, found.blocked.length, found.overdue.length];
    return {
      drills: { ...found, failed, blocked, overdue },
      risks: found.failed.map(riskOf),
      warnings: [
        ...(named ? [] : [NO_DRILL_HSM]),
        ...said(blocked, 'could not be drilled: whether they can be restored is unproven'),
        // Before the first drill nothing is late: that restores are unproven is said where the last drill would be.
        ...(found.lastAt === undefined ? [] : said(overdue, `without a proof for over ${given.days} days`)),
        ...siteTroubles({ refused, residue, untried, partsUntried }).map(asSentence),
      ],
    };
  } catch (error) {
    if (!isWardenError(error) || signal.aborted) throw error;
    return { risks: [], warnings: [`What drills have proven is not known: ${error.message}`] };
  }
}

/** `status` with what drills have shown of its keys: a recovery point that does not bring its key back is none. */
export function withDrills(status: HsmStatus, drills: Pick<HsmDrills, 'failed'> | undefined): HsmStatus {
  if (!wasSeen(status) || drills === undefined || drills.failed.length === 0) return status;
  const known = new NameMap(status.risks.map(({ key }) => [key, true]));
  const more = drills.failed.filter((key) => !known.has(key)).map(riskOf);
  return { ...status, verdict: 'at-risk', risks: [...status.risks, ...more] };
}

function asSentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

function riskOf(key: string): KeyRisk {
  return { key, risk: 'drill-failed', detail: 'its recovery point did not bring it back in a drill' };
}

function said(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} key(s) ${what}.`];
}
