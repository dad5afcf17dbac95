/** The last run over an HSM that came to its end: what the promise of a nightly backup is measured by. */
import { z } from 'zod';
import { isWardenError, WardenError } from '../../core/errors.ts';
import type { StateStore } from '../../core/ports.ts';
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

/** The run over `hsm` that ended last; `undefined` when none has. Fails with `state-corrupt` or a storage code. */
export async function readLastRun(
  store: StateStore,
  hsm: string,
  signal?: AbortSignal,
): Promise<LastRun | undefined> {
  return (await load(store, hsm, signal)).lastRun;
}

/**
 * Notes that `run` has ended, unless a later one has. Safe to repeat. Fails with `state-corrupt`, or a storage code;
 * when another writer comes first, what it wrote stays.
 */
export async function noteRunEnd(store: StateStore, run: RunHead): Promise<void> {
  const { hsm, runId, state, startedAt, endedAt } = run;
  if (endedAt === undefined || (state !== 'succeeded' && state !== 'partial')) return;
  const { lastRun, guard } = await load(store, hsm);
  if (lastRun !== undefined && lastRun.endedAt >= endedAt) return;
  const next: LastRun = { format: 1, hsm, runId, state, startedAt, endedAt };
  try {
    await store.write({ kind: 'last-run', hsm }, JSON.stringify(next), guard);
  } catch (error) {
    if (!isWardenError(error, 'state-conflict')) throw error;
  }
}

async function load(store: StateStore, hsm: string, signal?: AbortSignal) {
  const document = await store.read({ kind: 'last-run', hsm }, signal);
  if (document === undefined) return { lastRun: undefined, guard: 'absent' } as const;
  try {
    return { lastRun: LastRun.parse(JSON.parse(document.text)), guard: { etag: document.etag } };
  } catch (cause) {
    throw new WardenError('state-corrupt', {
      message: `The note of the last run over HSM ${hsm} cannot be read.`,
      advice: 'Delete it; the next run writes it anew. The backups themselves are not affected.',
      hsm,
      cause,
    });
  }
}
