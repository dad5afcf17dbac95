/** The last run over an HSM that came to its end: what the promise of a nightly backup is measured by. */

import { z } from 'zod';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import type { DocumentType } from '../../core/documents/document-type.ts';
import { readDocument, updateDocument } from '../../core/documents/update-document.ts';

import type { RunHead } from './run-record.ts';

/** The end of a run, in short. Times are epoch milliseconds. */
export const LastRun = z.strictObject({
  format: z.literal(1),
  hsm: z.string(),
  runId: z.string(),
  state: z.enum(['succeeded', 'partial']),
  startedAt: z.int(),
  endedAt: z.int(),
});
export type LastRun = z.infer<typeof LastRun>;

/** How the note of the last run is stored. */
const LAST_RUN: DocumentType<'last-run', LastRun> = {
  kind: 'last-run',
  schema: LastRun,
  name: ({ hsm }) => `The note of the last run over HSM ${hsm}`,
  advice: 'Delete it; the next run writes it again. The backups themselves are not affected.',
};

/** The run over `hsm` that ended last; `undefined` when none has. Fails with `state-corrupt` or a storage code. */
export async function readLastRun(
  store: DocumentStore,
  hsm: string,
  signal?: AbortSignal,
): Promise<LastRun | undefined> {
  return (await readDocument(store, LAST_RUN, { kind: 'last-run', hsm }, signal)).value;
}

/** Notes that `run` has ended, unless a later one has. Safe to repeat. Fails as {@link updateDocument}. */
export async function noteRunEnd(store: DocumentStore, run: RunHead): Promise<void> {
  const { hsm, runId, state, startedAt, endedAt } = run;
  if (endedAt === undefined || (state !== 'succeeded' && state !== 'partial')) return;
  const next: LastRun = { format: 1, hsm, runId, state, startedAt, endedAt };
  await updateDocument(store, LAST_RUN, { kind: 'last-run', hsm }, (last) =>
    last !== undefined && last.endedAt >= endedAt ? last : next,
  );
}
