/** The sweep: one run over one HSM, in as many parts as its time budget asks for, safe to kill at any instant. */

import { isWardenError } from '../../core/errors.ts';
import { giveBack } from '../../core/give-back.ts';
import type { Clock, Lease, Logger } from '../../core/ports.ts';
import { nextRunAfter } from '../../core/schedule.ts';
import { readKnownBackups } from './known-backups.ts';
import { noteRunEnd, sealRunEnd } from './last-run.ts';
import { noteRunBegin, takeTurn } from './open-run.ts';
import type { SweepMessage } from './queues.ts';
import { SWEEPS } from './queues.ts';
import { RunLedger } from './run-ledger.ts';
import { hasEnded, type RunHead, type RunSummary, readRunHead } from './run-record.ts';
import type { SweepDeps, SweepPart, SweepPolicy, SweepWork } from './sweep-context.ts';
import { sweepKeys } from './sweep-keys.ts';

/** What ends a part early. */
type Signals = Pick<SweepPart, 'stopping' | 'signal'>;

/** How one part of a sweep ended. */
export type SweepResult =
  | { readonly status: 'ended' | 'continued' | 'already-ended'; readonly run: RunSummary }
  | { readonly status: 'handed-over'; readonly run: RunSummary; readonly parts: number }
  | { readonly status: 'yielded' };

/** A lease lapses within this time after its holder's death; Blob storage allows 15 to 60 s. */
export const LEASE_SECONDS = 60;
/** After a stop, keys under way have this long to come to their end: with the saving after it the host waits 5 s. */
const STOP_GRACE_MS = 2_000;
/** The continuation of a stopped part is not for the process that stops. */
const STOP_DELAY_SECONDS = 5;
/** A worker that found the lease held tries again after it must have lapsed, were its holder dead. */
const YIELD_SECONDS = LEASE_SECONDS + 5;

/**
 * Does one part of the run that `message` asks for. It throws only what the queue should repeat:
 * the failure of a single key is recorded in the run instead. `signal` asks it to stop: it takes no further key, saves what it
 * has, gives the lease back and sends its continuation, within some seconds.
 * Fails with the codes of the ports.
 */
export async function sweep(
  deps: SweepDeps,
  policy: SweepPolicy,
  message: SweepMessage,
  signal: AbortSignal,
): Promise<SweepResult> {
  const lease = await acquire(deps, message);
  if (lease === undefined) return giveWay(deps, policy, message);
  let result: SweepResult;
  try {
    result = await stoppable(deps.clock, signal, lease.lost, (signals) =>
      sweepHeld(deps, policy, message, signals),
    );
  } finally {
    await giveBack(lease, deps.logger, { hsm: message.hsm, runId: message.runId });
  }
  // Saved first, sent second: killed in between, this message comes again and finds the progress. Sent when the lease is
  // free, or another worker would find it held and come back a minute later.
  if (result.status === 'continued') {
    await deps.queue.send(
      SWEEPS,
      continuationOf(message, result.run),
      signal.aborted ? STOP_DELAY_SECONDS : 0,
    );
  }
  // A queue counts how often it gave a message, and sets it aside at the sixth time. A worker's death is no fault of the
  // message: whoever finds one dead that had saved something sends a new message, which was given to nobody yet.
  if (result.status === 'handed-over') await deps.queue.send(SWEEPS, { ...message, part: result.parts });
  return result;
}

/** A record that stays `running` without a crash since: whoever continues it takes nobody for dead. */
function continuationOf(message: SweepMessage, { state, parts }: RunSummary): SweepMessage {
  return state === 'running' ? { ...message, part: parts } : message;
}

/**
 * Does `work` with two signals. When the app stops, `stopping` fires at once and `signal` a while later: what is nearly done
 * is then done, and no backup stands in the store that no record knows. For any other reason, also a lost lease, `signal`
 * fires at once.
 */
async function stoppable<T>(
  clock: Clock,
  asked: AbortSignal,
  lost: AbortSignal,
  work: (signals: Signals) => Promise<T>,
): Promise<T> {
  const stopping = new AbortController();
  const end = new AbortController();
  const over = new AbortController();
  const onAsked = (): void => {
    if (!isWardenError(asked.reason, 'app-stopping')) {
      end.abort(asked.reason);
      return;
    }
    stopping.abort(asked.reason);
    clock.sleep(STOP_GRACE_MS, over.signal).then(
      () => end.abort(asked.reason),
      () => undefined,
    );
  };
  if (asked.aborted) onAsked();
  asked.addEventListener('abort', onAsked, { once: true });
  try {
    return await work({ stopping: stopping.signal, signal: AbortSignal.any([end.signal, lost]) });
  } finally {
    asked.removeEventListener('abort', onAsked);
    over.abort();
  }
}

/** Takes the HSM's lease; undefined when another worker holds it. */
async function acquire(deps: SweepDeps, message: SweepMessage): Promise<Lease | undefined> {
  try {
    return await deps.leases.acquire(`hsm-${message.hsm}`, LEASE_SECONDS);
  } catch (error) {
    if (!isWardenError(error, 'lease-held')) throw error;
    return undefined;
  }
}

/**
 * Puts the message back for later, as another worker holds the lease. One of a run that has ended is done with, and so is one whose
 * turn another copy has taken: lost answers make more of a message, and each of them would come back, and make more, for nothing.
 * Killed between taking the turn and sending, the run waits for the reconcile timer.
 */
async function giveWay(deps: SweepDeps, { pace }: SweepPolicy, message: SweepMessage): Promise<SweepResult> {
  const { hsm, runId } = message;
  const head = await readRunHead(deps.state, hsm, runId);
  if (head !== undefined && hasEnded(head)) {
    await noteRunEnd(deps.state, head);
    return { status: 'already-ended', run: (await RunLedger.open(deps, message, pace)).run };
  }
  const turn = await takeTurn(deps.state, message);
  if (turn === 'repeated') {
    deps.logger.info('a repeated message of a run was dropped', { hsm, runId });
    return { status: 'yielded' };
  }
  const next = turn === 'unknown' ? message : { ...message, turn };
  await deps.queue.send(SWEEPS, next, YIELD_SECONDS);
  deps.logger.info('sweep yielded', { hsm, runId, retryInSeconds: YIELD_SECONDS });
  return { status: 'yielded' };
}

async function sweepHeld(
  deps: SweepDeps,
  policy: SweepPolicy,
  message: SweepMessage,
  signals: Signals,
): Promise<SweepResult> {
  const ledger = await RunLedger.open(deps, message, policy.pace);
  if (hasEnded(ledger.run)) {
    await noteRunEnd(deps.state, ledger.run);
    return { status: 'already-ended', run: ledger.run };
  }
  // A run that a person began, and may have ended, is theirs to continue.
  if (!message.runId.endsWith('-manual')) {
    await noteRunBegin(deps.state, message.hsm, message.runId, deps.clock.now());
  }
  if (ledger.afterCrash && message.part !== ledger.partsStored) {
    deps.logger.warn('a worker died at work, the run is handed over to a new message', {
      hsm: message.hsm,
      runId: message.runId,
      parts: ledger.partsStored,
    });
    return { status: 'handed-over', run: ledger.run, parts: ledger.partsStored };
  }
  const startedAt = deps.clock.now();
  const backups = await readKnownBackups(deps.state, message.hsm, message.runId, signals.signal);
  const part = {
    ...message,
    deadline: startedAt + policy.budgetMs,
    nextRunAt: nextRunAfter(policy.schedule, startedAt),
    ...signals,
  };

  const done = await sweepOnce({ deps, policy, ledger, backups, part });
  if (done !== 'all') {
    // Cut off, keys may have backups that no record knows: the record stays `running`, and the next worker searches for them.
    if (done === 'paused') await ledger.pause(deps.pacer.rate);
    deps.logger.info('sweep continues later', {
      hsm: message.hsm,
      runId: message.runId,
      parts: ledger.run.parts,
    });
    return { status: 'continued', run: ledger.run };
  }
  // Sealing may take its time: what became of the keys is saved before.
  if (deps.state.points !== undefined) await ledger.checkpoint();
  const run = await ledger.end(deps.pacer.rate, (head) =>
    sealRunEnd(deps.state, head, deps.logger, signals.signal),
  );
  policy.onProgress?.(run);
  await noteRunEnd(deps.state, run);
  logEnd(deps.logger, run);
  return { status: 'ended', run };
}

/**
 * All keys once. Whatever stops it, what was backed up is kept. `paused`: every key that was taken came to its end; `cut-off`:
 * the app stops, and some did not. With any other failure the message will come again.
 */
async function sweepOnce(work: SweepWork): Promise<'all' | 'paused' | 'cut-off'> {
  const { deps, ledger, part } = work;
  try {
    return (await sweepKeys(work)) ? 'all' : 'paused';
  } catch (error) {
    let saved = true;
    await ledger.checkpoint().catch((second: unknown) => {
      saved = false;
      deps.logger.error('progress could not be saved', { hsm: part.hsm, runId: part.runId, error: second });
    });
    if (saved && part.stopping.aborted && error === part.stopping.reason) return 'cut-off';
    throw error;
  }
}

function logEnd(logger: Logger, run: RunHead): void {
  const { hsm, runId, state, counts, retries, throttles, parts, startedAt, endedAt = startedAt } = run;
  const fields = {
    hsm,
    runId,
    state,
    ...counts,
    retries,
    throttles,
    parts,
    seconds: (endedAt - startedAt) / 1000,
  };
  if (state === 'succeeded') logger.info('sweep ended', fields);
  else logger.error('sweep ended with keys lacking a backup', fields);
}
