/** Calls to the queue service that end: the storage client itself waits for an answer without end. */
import { describeError } from '../host-error.ts';

/** Longest wait for one call, the client's own retries included, in milliseconds. */
export const CALL_LIMIT_MS = 30_000;

/**
 * Calls with a signal that is aborted after `limitMs`, or with `stop`. Fails as the call does; when the time was up, with
 * words that say so.
 */
export async function limitedCall<T>(
  call: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
  limitMs: number,
  stop?: AbortSignal,
): Promise<T> {
  const limit = AbortSignal.timeout(limitMs);
  const abortSignal = stop ? AbortSignal.any([stop, limit]) : limit;
  try {
    return await call({ abortSignal });
  } catch (error) {
    if (!limit.aborted) throw error;
    throw new Error(
      `the queue service gave no answer within ${limitMs / 1000} s (${describeMessage(error)})`,
      {
        cause: error,
      },
    );
  }
}

function describeMessage(error: unknown): string {
  return error instanceof Error ? error.message : describeError(error);
}
