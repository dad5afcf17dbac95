/** The newest run over an HSM that was begun: by it the reconcile timer finds a run that nobody works on any more. */
import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import type { DocumentType } from '../../core/documents/document-type.ts';
import { readDocument, updateDocument } from '../../core/documents/update-document.ts';

/** A run that was begun, and what the timer saw of its progress. Times are epoch milliseconds. */
const OpenRun = z.strictObject({
  format: z.literal(1),
  hsm: z.string(),
  runId: z.string(),
  /** The ETag of the run's record at the last sight; `none`: it had no record yet. It changes with each checkpoint. */
  mark: z.string(),
  /** Since when the record has been as it was. */
  markAt: z.int(),
  /** When its message was last sent again. */
  sentAt: z.int().exactOptional(),
  /** How often its message was put back while another worker held the HSM; a message of an earlier turn is a repeat. */
  turn: z.int().positive().exactOptional(),
  /** The turns of the runs before it that may still wait for their HSM, by identifier. */
  older: z.record(z.string(), z.int().nonnegative()).exactOptional(),
});
export type OpenRun = z.infer<typeof OpenRun>;

const OPEN_RUN: DocumentType<'open-run', OpenRun> = {
  kind: 'open-run',
  schema: OpenRun,
  name: ({ hsm }) => `The note of the run begun over HSM ${hsm}`,
  advice: 'Delete it; the next run writes it again. The backups themselves are not affected.',
  expendable: true,
};

/** Older runs whose turns are kept: nights that wait for one HSM at the same time are few. */
const OLDER_RUNS = 50;

/** The newest run begun over `hsm`. Fails with `state-corrupt` or a storage code. */
export async function readOpenRun(store: DocumentStore, hsm: string): Promise<OpenRun | undefined> {
  return (await readDocument(store, OPEN_RUN, { kind: 'open-run', hsm })).value;
}

/** Notes that a run was begun, unless it or a later one is noted: identifiers sort by time. Fails as {@link updateDocument}. */
export async function noteRunBegin(
  store: DocumentStore,
  hsm: string,
  runId: string,
  now: number,
): Promise<void> {
  const begun: OpenRun = { format: 1, hsm, runId, mark: 'none', markAt: now };
  await updateDocument(store, OPEN_RUN, { kind: 'open-run', hsm }, (known) => {
    if (known === undefined) return begun;
    if (known.runId >= runId) return known;
    return { ...begun, older: newest({ ...known.older, [known.runId]: known.turn ?? 0 }) };
  });
}

/** Notes what was seen of the run, unless a later one was begun meanwhile. Fails as {@link updateDocument}. */
export async function noteRunSeen(store: DocumentStore, seen: OpenRun): Promise<void> {
  await updateDocument(store, OPEN_RUN, { kind: 'open-run', hsm: seen.hsm }, (known) => {
    if (known !== undefined && known.runId > seen.runId) return known;
    if (known?.runId !== seen.runId) return seen;
    return { ...seen, ...definedOnly({ turn: known.turn, older: known.older }) };
  });
}

/**
 * Takes the next turn for the message of a run that has had `turn` of them. Resolves with its number, or `repeated` where another
 * copy of the message has taken it: lost answers make more of a message, and each would be put back again and again. Where no run of
 * the HSM is noted that is as new: `unknown`. Fails as {@link updateDocument}.
 */
export async function takeTurn(
  store: DocumentStore,
  { hsm, runId, turn = 0 }: { readonly hsm: string; readonly runId: string; readonly turn?: number },
): Promise<number | 'repeated' | 'unknown'> {
  let taken: number | 'repeated' | 'unknown' = 'unknown';
  await updateDocument(store, OPEN_RUN, { kind: 'open-run', hsm }, (known) => {
    if (known === undefined || known.runId < runId) {
      taken = 'unknown';
      return known;
    }
    const isNewest = known.runId === runId;
    const had = (isNewest ? known.turn : known.older?.[runId]) ?? 0;
    if (had > turn) {
      taken = 'repeated';
      return known;
    }
    taken = turn + 1;
    return isNewest
      ? { ...known, turn: taken }
      : { ...known, older: newest({ ...known.older, [runId]: taken }) };
  });
  return taken;
}

/** The turns of the newest of these runs: identifiers sort by time. */
function newest(turns: Readonly<Record<string, number>>): Record<string, number> {
  const byAge = Object.entries(turns).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(byAge.slice(-OLDER_RUNS));
}
