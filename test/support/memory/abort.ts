/** How in-memory adapters answer a caller that has given up. */
import { abortReason, type WardenError } from '../../../src/core/errors.ts';

/** The error of an abandoned operation. */
export function abortedError(signal?: AbortSignal): WardenError {
  return abortReason(signal, 'The operation was aborted.');
}

/** Throws `aborted` when `signal` has fired. */
export function throwIfAborted(signal?: AbortSignal): void {
  if (signal?.aborted) throw abortedError(signal);
}
