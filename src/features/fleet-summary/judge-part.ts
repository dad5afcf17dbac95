/** Whether what the summary of the fleet says of an HSM needs no second look. */
import type { DocumentAddress } from '../../core/documents/document-store.ts';
import { isWardenError } from '../../core/errors.ts';
import { nextRunAfter } from '../../core/schedule.ts';
import { readLastRun } from '../backup/last-run.ts';
import type { CatalogueStore } from '../recovery-points/catalogue.ts';
import { datedSummary, readSummaryHead } from '../status/summary-document.ts';
import { readVerification } from '../verify/verify-state.ts';
import { copyOf, openCopy } from './copied-documents.ts';
import type { FleetPart } from './model/fleet-summary.ts';

/** What a part is judged by. `now`: epoch milliseconds. */
interface PartTerms {
  readonly now: number;
  /** When runs are due, and how late one may be. */
  readonly nights: { readonly schedule: string; readonly graceMs: number };
}

/**
 * Whether every copy of a part is of this HSM, has a good seal where seals are configured, and is young enough that no look at the originals
 * is called for. An older part with good seals has been true, and its times show its age: past the next scan, or the next run, it is none.
 */
export async function isBeyondDoubt(
  store: CatalogueStore,
  hsm: string,
  part: FleetPart,
  { now, nights }: PartTerms,
): Promise<boolean> {
  const copies = readerOf(store, part);
  try {
    const [summary, run, verification] = await Promise.all([
      readSummaryHead(copies, hsm),
      readLastRun(copies, hsm),
      readVerification(copies, hsm),
    ]);
    const head = summary?.head;
    const { value: last, doubt: runDoubt } = run;
    const { value: verified, doubt: verifyDoubt } = verification;
    if (head === undefined || last === undefined || verified === undefined) return false;
    if (runDoubt !== undefined || verifyDoubt !== undefined) return false;
    // Where nothing is sealed the names are all that binds a copy to its HSM.
    if (last.hsm !== hsm || verified.hsm !== hsm) return false;
    if (head.judgedAt > now || now > head.staleAfter) return false;
    if (now > nextRunAfter(nights.schedule, last.startedAt) + nights.graceMs) return false;
    if (store.points === undefined) return true;
    return (await store.points.dated.doubts())(datedSummary(head), head.seal) === undefined;
  } catch (error) {
    // A copy that cannot be read is none.
    if (!isWardenError(error)) throw error;
    return false;
  }
}

/** The readers of the originals find the copies. What is noted for good is asked for by who reads them for people. */
function readerOf({ points }: CatalogueStore, part: FleetPart): CatalogueStore {
  const never = async () => {
    throw new Error('expected to read copies only');
  };
  return {
    ...(points !== undefined && { points }),
    read: async (address: DocumentAddress) => copyOf(part, address),
    open: async (address: DocumentAddress) => openCopy(part, address),
    write: never,
    writeFrom: never,
    list: never,
    listRuns: never,
  };
}
