/** How in-memory adapters answer a caller that has given up. */
import { WardenError } from '../../../src/core/errors.ts';

/** The error of an abandoned operation. */
export function abortedError(signal?: AbortSignal): WardenError {
  return new WardenError('aborted', { message: 'The operation was aborted.', cause: signal?.reason });
}

/** Throws `aborted` when `signal` has fired. */
export function throwIfAborted(signal?: AbortSignal): void {
  if (signal?.aborted) throw abortedError(signal);
}
