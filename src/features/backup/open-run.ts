/** The newest run over an HSM that was begun: by it the reconcile timer finds a run that nobody works on any more. */
import { z } from 'zod';
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
});
export type OpenRun = z.infer<typeof OpenRun>;

const OPEN_RUN: DocumentType<'open-run', OpenRun> = {
  kind: 'open-run',
  schema: OpenRun,
  name: ({ hsm }) => `The note of the run begun over HSM ${hsm}`,
  advice: 'Delete it; the next run writes it again. The backups themselves are not affected.',
  expendable: true,
};

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
  await updateDocument(store, OPEN_RUN, { kind: 'open-run', hsm }, (known) =>
    known !== undefined && known.runId >= runId ? known : begun,
  );
}

/** Notes what was seen of the run, unless a later one was begun meanwhile. Fails as {@link updateDocument}. */
export async function noteRunSeen(store: DocumentStore, seen: OpenRun): Promise<void> {
  await updateDocument(store, OPEN_RUN, { kind: 'open-run', hsm: seen.hsm }, (known) => {
    if (known !== undefined && known.runId > seen.runId) return known;
    return known?.turn !== undefined && known.runId === seen.runId ? { ...seen, turn: known.turn } : seen;
  });
}

/**
 * Takes the next turn for the message of a run that has had `turn` of them. Resolves with its number, or `repeated` where another
 * copy of the message has taken it: lost answers make more of a message, and each would be put back again and again. Of a run that
 * is not the newest nothing is noted: `unknown`. Fails as {@link updateDocument}.
 */
export async function takeTurn(
  store: DocumentStore,
  { hsm, runId, turn = 0 }: { readonly hsm: string; readonly runId: string; readonly turn?: number },
): Promise<number | 'repeated' | 'unknown'> {
  let taken: number | 'repeated' | 'unknown' = 'unknown';
  await updateDocument(store, OPEN_RUN, { kind: 'open-run', hsm }, (known) => {
    taken = known?.runId !== runId ? 'unknown' : (known.turn ?? 0) > turn ? 'repeated' : turn + 1;
    return known !== undefined && typeof taken === 'number' ? { ...known, turn: taken } : known;
  });
  return taken;
}
