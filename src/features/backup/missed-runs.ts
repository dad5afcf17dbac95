/**
 * Runs over HSMs that people added, which no timer has started: one was added since, or the timer fired while the decisions could not be
 * read. Such an HSM is to wait for no night.
 */
import { mapConcurrently } from '../../core/concurrency.ts';
import { isWardenError } from '../../core/errors.ts';
import { nextRunAfter } from '../../core/schedule.ts';
import { MINUTE_MS } from '../../core/time.ts';
import { readOpenRun } from './open-run.ts';
import { runBeganAt, type StartRunsDeps, startRuns } from './start-runs.ts';

/** A run that is due has so long to begin. */
const LATE_MS = 15 * MINUTE_MS;
/** A timer may fire a little before its time. */
const EARLY_MS = MINUTE_MS;
const READS_AT_ONCE = 16;

/** Starts a run over each of `hsms` that has none, or none since one was due. Returns which. Fails with storage codes. */
export async function startMissedRuns(
  deps: StartRunsDeps,
  hsms: readonly string[],
  schedule: string,
): Promise<readonly string[]> {
  const missed = await mapConcurrently(hsms, READS_AT_ONCE, async (hsm) =>
    (await isMissed(deps, hsm, schedule)) ? [hsm] : [],
  );
  const all = missed.flat();
  if (all.length > 0) await startRuns(deps, all, 'nightly');
  return all;
}

async function isMissed(
  { state, clock, logger }: StartRunsDeps,
  hsm: string,
  schedule: string,
): Promise<boolean> {
  try {
    const open = await readOpenRun(state, hsm);
    if (open === undefined) return true;
    const beganAt = runBeganAt(open.runId);
    return beganAt !== undefined && clock.now() > nextRunAfter(schedule, beganAt + EARLY_MS) + LATE_MS;
  } catch (error) {
    if (!isWardenError(error)) throw error;
    // The next firing looks again; no other HSM waits for that.
    logger.error('whether a run over an HSM was missed could not be read', { hsm, error });
    return false;
  }
}
