/**
 * Continues runs that nobody works on any more, however often their workers died: a message that was given too often ends in
 * the poison queue, and without this its HSM would wait for the next night.
 */
import { definedOnly } from '../../core/defined-only.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError } from '../../core/errors.ts';
import type { Clock, Leases, Logger, WorkQueue } from '../../core/ports.ts';
import { noteRunSeen, readOpenRun } from './open-run.ts';
import { SWEEPS } from './queues.ts';
import { hasEnded, openRun, type RunHead } from './run-record.ts';

/** Every five minutes; the one place that says so. */
export const RECONCILE_SCHEDULE = '0 */5 * * * *';
/** A run whose record has not changed for so long is looked into: a worker saves each half minute. Milliseconds. */
const STILL_MS = 4 * 60_000;
/** A message that was sent again has so long to be taken. */
const RESEND_MS = 14 * 60_000;
/** The lease is only tried: it is given back at once. */
const TRY_SECONDS = 15;

/** What reconciling needs. */
export interface ReconcileDeps {
  readonly state: DocumentStore;
  readonly leases: Leases;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What became of the newest run over an HSM. `alive`: a worker holds the lease; `waiting`: it is too early to say. */
export type Reconciled = 'none' | 'ended' | 'waiting' | 'alive' | 'continued';

/** Scans the newest run of each HSM. A failure of one does not keep it from the others; the first is thrown at the end. */
export async function reconcileRuns(deps: ReconcileDeps, hsms: readonly string[]): Promise<void> {
  const outcomes = await Promise.allSettled(hsms.map((hsm) => reconcileRun(deps, hsm)));
  const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
  for (const { reason } of failed) deps.logger.error('a run could not be looked at', { error: reason });
  for (const { reason } of failed) throw reason;
}

/** Continues the newest run over `hsm` if nobody works on it. Safe to repeat. Fails with `state-corrupt` or a storage code. */
export async function reconcileRun(deps: ReconcileDeps, hsm: string): Promise<Reconciled> {
  const open = await readOpenRun(deps.state, hsm);
  if (open === undefined) return 'none';
  const { runId } = open;
  const stored = await readHead(deps.state, hsm, runId);
  if (stored !== undefined && hasEnded(stored.head)) return 'ended';
  const now = deps.clock.now();
  const mark = stored?.etag ?? 'none';
  if (mark !== open.mark) {
    await noteRunSeen(deps.state, { ...open, mark, markAt: now });
    return 'waiting';
  }
  if (now - open.markAt < STILL_MS || now - (open.sentAt ?? 0) < RESEND_MS) return 'waiting';
  if (await isHeld(deps, hsm)) return 'alive';
  // Sent first: killed in between, it is sent once more, and whoever finds the run at work or ended does nothing.
  const { turn } = open;
  await deps.queue.send(SWEEPS, { kind: 'sweep', hsm, runId, ...definedOnly({ turn }) });
  await noteRunSeen(deps.state, { ...open, sentAt: now });
  const counts = stored?.head.counts;
  deps.logger.warn('a run that nobody worked on is continued', { hsm, runId, ...counts });
  return 'continued';
}

async function readHead(
  state: DocumentStore,
  hsm: string,
  runId: string,
): Promise<{ readonly head: RunHead; readonly etag: string } | undefined> {
  const document = await state.open({ kind: 'run', hsm, runId });
  if (document === undefined) return undefined;
  const { head, lines } = await openRun(document.text, hsm, runId);
  // The lines are not wanted; their text is closed.
  for await (const _ of lines) break;
  return { head, etag: document.etag };
}

async function isHeld({ leases }: ReconcileDeps, hsm: string): Promise<boolean> {
  try {
    await (await leases.acquire(`hsm-${hsm}`, TRY_SECONDS)).release();
    return false;
  } catch (error) {
    if (isWardenError(error, 'lease-held')) return true;
    throw error;
  }
}
