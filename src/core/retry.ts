/** Repeats an attempt whose failure may pass, at growing distances; what cannot pass fails at once. */
import { abortReason, isWardenError } from './errors.ts';
import type { Clock } from './ports.ts';

/** How often and how far apart. */
export interface RetryPolicy {
  readonly attempts: number;
  /** Wait before the second attempt; it doubles with each further one. Milliseconds. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** A service that asks for a wait beyond this time (epoch milliseconds) is not waited for: the error is thrown instead. */
  readonly until?: number;
}

/** No wait between two attempts is longer, whatever a service asks for: what it asks for may be a mistake of hours. */
export const LONGEST_WAIT_MS = 60_000;

/** Five attempts within about 15 s of waiting: longer troubles are the next run's or the queue's to repeat. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 5, firstDelayMs: 1_000, maxDelayMs: 30_000 };

/** What came of the attempts so far, and how long the wait is that begins, in milliseconds: called before each wait. */
export type OnRetry = (error: unknown, attempt: number, waitMs: number) => void;

/**
 * Runs `attempt` until it succeeds, fails for good, or the policy is exhausted; then its last error is thrown.
 * The service's own `retryAfterMs` is honoured where it is longer than the wait of the policy, up to {@link LONGEST_WAIT_MS}.
 * When `signal` is aborted it fails at once with the signal's reason.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  clock: Clock,
  policy: RetryPolicy,
  signal: AbortSignal,
  onRetry: OnRetry = () => undefined,
): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isWardenError(error)) throw error;
      if (signal.aborted) throw abortReason(signal, 'The operation was aborted.');
      if (!error.transient || error.code === 'aborted' || count >= policy.attempts) throw error;
      const wished = Math.max(delayBefore(count + 1, policy), error.retryAfterMs ?? 0);
      if (policy.until !== undefined && clock.now() + wished > policy.until) throw error;
      const wait = Math.min(wished, LONGEST_WAIT_MS);
      onRetry(error, count, wait);
      await clock.sleep(wait, signal);
    }
  }
}

function delayBefore(attempt: number, policy: RetryPolicy): number {
  return Math.min(policy.firstDelayMs * 2 ** (attempt - 2), policy.maxDelayMs);
}
