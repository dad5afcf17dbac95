/** How an execution goes, for whoever waits for it. */
import { isoTime, MINUTE_MS } from '../../../core/time.ts';
import type { Execution } from './asking.ts';
import type { RecoveryRecord } from './record.ts';

/** After so many attempts that met an error the request has failed: a person must look. */
export const MOST_ATTEMPTS = 5;

/** A message that is put back comes again within this, and the clocks of two workers differ by less. Milliseconds. */
const LONGEST_WAIT_MS = 5 * MINUTE_MS;
const SKEW_MS = 10_000;

/**
 * Whether a message about the request was put back and is still to come: another one would be put back like it, and each copy of
 * each would come again and again. What the store says of a time far ahead does not count.
 */
export function isMessageToCome({ waitsFor }: RecoveryRecord, now: number): boolean {
  if (waitsFor === undefined) return false;
  const leftMs = waitsFor.nextAt - now;
  return leftMs > SKEW_MS && leftMs <= LONGEST_WAIT_MS;
}

/** Of a request that is being executed, or that could not be begun yet; undefined of any other. */
export function executionOf({ state, claim, giveUps, waitsFor }: RecoveryRecord): Execution | undefined {
  const isExecuting = state === 'executing' && claim !== undefined;
  if (!isExecuting && !(state === 'approved' && waitsFor !== undefined)) return undefined;
  // A worker that gave up, or could not begin, says when the next one does.
  const isRunning = isExecuting && !(waitsFor !== undefined && claim.until < waitsFor.nextAt);
  const until = isRunning ? claim.until : waitsFor?.nextAt;
  if (until === undefined) return undefined;
  return {
    attempt: Math.min(giveUps + 1, MOST_ATTEMPTS),
    attempts: MOST_ATTEMPTS,
    until: isoTime(until),
    isRunning,
    ...(waitsFor === undefined
      ? {}
      : { waitsFor: { code: waitsFor.code, message: waitsFor.message, since: isoTime(waitsFor.since) } }),
  };
}
