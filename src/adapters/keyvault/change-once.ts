/** Makes a change that must not be made twice: after a lost answer it looks whether the change was done before anything else. */
import { abortReason, isWardenError, type WardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { LONGEST_WAIT_MS, type OnRetry, type RetryPolicy } from '../../core/retry.ts';

/** A change of one key. */
export interface Change<T> {
  /** One attempt; fails with the codes of the port KeyService. */
  readonly attempt: () => Promise<T>;
  /** What the change has led to, where it was done; undefined where it was not. It fails when that cannot be seen. */
  readonly check: () => Promise<{ readonly done: T } | undefined>;
  /**
   * Whether it may be made again when an answer was lost and nothing of it is seen: so a deletion, which would come to the same.
   * A creation may not: the first may still be under way, and a second version would be for good.
   */
  readonly repeatable: boolean;
}

/** How the attempts are made. */
export interface Attempts {
  readonly clock: Clock;
  readonly policy: RetryPolicy;
  readonly signal: AbortSignal;
  readonly onRetry: OnRetry;
}

/** Fails with what the last attempt failed with, or with the reason of the signal. */
export async function changeOnce<T>(change: Change<T>, attempts: Attempts): Promise<T> {
  const { clock, policy, signal, onRetry } = attempts;
  let doubtful = false;
  for (let count = 1; ; count += 1) {
    try {
      return await change.attempt();
    } catch (error) {
      if (!isWardenError(error)) throw error;
      if (signal.aborted) throw abortReason(signal, 'The change was aborted.');
      const lost = isLost(error);
      doubtful ||= lost;
      const seen = doubtful ? await lookFor(change, error, signal) : undefined;
      if (seen !== undefined) return seen.done;
      const safe = change.repeatable || !isWardenError(error, 'hsm-unreachable', 'hsm-answer-unexpected');
      if (!error.transient || !safe || count >= policy.attempts) throw error;
      const wished = Math.max(policy.firstDelayMs * 2 ** (count - 1), error.retryAfterMs ?? 0);
      const wait = Math.min(wished, LONGEST_WAIT_MS);
      onRetry(error, count, wait);
      await clock.sleep(wait, signal);
    }
  }
}

/** Whether nobody can say from `error` that the change was not done. A refusal, also for too many requests, was none. */
function isLost(error: WardenError): boolean {
  return isWardenError(error, 'hsm-unreachable', 'hsm-unavailable', 'hsm-answer-unexpected');
}

async function lookFor<T>(change: Change<T>, failure: WardenError, signal: AbortSignal) {
  try {
    return await change.check();
  } catch {
    if (signal.aborted) throw abortReason(signal, 'The change was aborted.');
    // Whether it was done cannot be seen: the failure stands, and a repeat would be blind.
    throw failure;
  }
}
