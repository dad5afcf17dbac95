/** The last run over an HSM that came to its end: what the promise of a nightly backup is measured by. */

import { z } from 'zod';
import type { DocumentType } from '../../core/documents/document-type.ts';
import { readDocument, updateDocument } from '../../core/documents/update-document.ts';
import type { Logger } from '../../core/ports.ts';
import type { Believed, Dated } from '../../core/seal/dated-seals.ts';
import { Seal } from '../../core/seal/seal.ts';
import type { CatalogueStore } from '../recovery-points/catalogue.ts';
import type { RunHead } from './run-record.ts';

/** The end of a run, in short. Times are epoch milliseconds. */
export const LastRun = z.strictObject({
  format: z.literal(1),
  hsm: z.string(),
  runId: z.string(),
  state: z.enum(['succeeded', 'partial']),
  startedAt: z.int(),
  endedAt: z.int(),
  /** By the app that ended it; absent where nothing is sealed, and where the key was out of reach. */
  seal: Seal.exactOptional(),
});
export type LastRun = z.infer<typeof LastRun>;

/** How the note of the last run is stored. */
const LAST_RUN: DocumentType<'last-run', LastRun> = {
  kind: 'last-run',
  schema: LastRun,
  name: ({ hsm }) => `The note of the last run over HSM ${hsm}`,
  advice: 'Delete it; the next run writes it again. The backups themselves are not affected.',
};

/**
 * The run over `hsm` that ended last; without a value when none has. Where seals are configured one without a good seal is none,
 * either, and the doubt says why. Fails with `state-corrupt` or a storage code.
 */
export async function readLastRun(
  store: CatalogueStore,
  hsm: string,
  signal?: AbortSignal,
): Promise<Believed<LastRun>> {
  const { value } = await readDocument(store, LAST_RUN, { kind: 'last-run', hsm }, signal);
  if (value === undefined || store.points === undefined) return { value };
  const doubt = (await store.points.dated.doubts(signal))(datedOf(hsm, value), value.seal);
  return doubt === undefined ? { value } : { value: undefined, doubt };
}

/**
 * Notes that `run` has ended, unless a later one has. Where seals are configured a run without a good one takes the place of none
 * that has: it is shown among the runs, and proves nothing. Safe to repeat. Fails as {@link updateDocument}.
 */
export async function noteRunEnd(store: CatalogueStore, run: RunHead): Promise<void> {
  const next = endOf(run);
  if (next === undefined) return;
  const doubts = await store.points?.dated.doubts();
  const counts = (one: LastRun) => doubts?.(datedOf(run.hsm, one), one.seal) === undefined;
  await updateDocument(store, LAST_RUN, { kind: 'last-run', hsm: run.hsm }, (last) => {
    if (last === undefined || (counts(next) && !counts(last))) return next;
    return last.endedAt >= next.endedAt || (counts(last) && !counts(next)) ? last : next;
  });
}

/**
 * The run with a seal over its end, by the process that has just brought it there; without one where nothing is sealed, and where it
 * cannot have begun when its record says: that was read from the store. Fails with the reason of `signal`.
 */
export async function sealRunEnd(
  { points }: CatalogueStore,
  run: RunHead,
  logger: Pick<Logger, 'warn'>,
  signal?: AbortSignal,
): Promise<RunHead> {
  const end = endOf(run);
  if (points === undefined || end === undefined || end.startedAt > end.endedAt) return run;
  const seal = await points.dated.seal(datedOf(end.hsm, end), logger, signal);
  return seal === undefined ? run : { ...run, seal };
}

function endOf({ hsm, runId, state, startedAt, endedAt, seal }: RunHead): LastRun | undefined {
  if (endedAt === undefined || (state !== 'succeeded' && state !== 'partial')) return undefined;
  return { format: 1, hsm, runId, state, startedAt, endedAt, ...(seal !== undefined && { seal }) };
}

/** Of the HSM that is asked for, whatever the note says: one of another HSM, with its good seal, can be put in its place. */
function datedOf(hsm: string, { hsm: _said, seal: _seal, ...facts }: LastRun): Dated {
  return { purpose: 'run', hsm, facts };
}
