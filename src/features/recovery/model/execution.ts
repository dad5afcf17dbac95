/** How an execution goes, for whoever waits for it. */
import { isoTime } from '../../../core/time.ts';
import type { Execution } from './asking.ts';
import type { RecoveryRecord } from './record.ts';

/** After so many attempts that met an error the request has failed: a person must look. */
export const MOST_ATTEMPTS = 5;

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
