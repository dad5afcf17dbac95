/** Repeats an attempt whose failure may pass, at growing distances; what cannot pass fails at once. */
import { isWardenError } from './errors.ts';
import type { Clock } from './ports.ts';

/** How often and how far apart. */
export interface RetryPolicy {
  readonly attempts: number;
  /** Wait before the second attempt; it doubles with each further one. Milliseconds. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** No wait goes beyond this time (epoch milliseconds), whatever the service asks: the error is thrown instead. */
  readonly until?: number;
}

/** Five attempts within about 15 s of waiting: longer troubles are the next run's or the queue's to repeat. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 5, firstDelayMs: 1_000, maxDelayMs: 30_000 };

/** What came of the attempts so far: told before each wait. */
export type OnRetry = (error: unknown, attempt: number) => void;

/**
 * Runs `attempt` until it succeeds, fails for good, or the policy is exhausted; then its last error is thrown.
 * The service's own `retryAfterMs` is honoured where it is longer than the wait of the policy.
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
      if (!isWardenError(error) || !error.transient || error.code === 'aborted') throw error;
      if (count >= policy.attempts || signal.aborted) throw error;
      const wait = Math.max(delayBefore(count + 1, policy), error.retryAfterMs ?? 0);
      if (policy.until !== undefined && clock.now() + wait > policy.until) throw error;
      onRetry(error, count);
      await clock.sleep(wait, signal);
    }
  }
}

function delayBefore(attempt: number, policy: RetryPolicy): number {
  return Math.min(policy.firstDelayMs * 2 ** (attempt - 2), policy.maxDelayMs);
}
