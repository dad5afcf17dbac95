/** Gives up on a storage account that does not answer: its SDK gives the service a limit, but itself waits without one. */
import { CALL_LIMITS_MS, withinLimits } from './call-limits.ts';

/**
 * Does `work` within the limits of a call to the storage: a half-open connection would otherwise hold whoever waits, and all
 * who wait for them, until the host ends the process. Fails with the reason of `given`, or with a `TimeoutError`.
 */
export function inTime<T>(
  given: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
  limitMs: number = CALL_LIMITS_MS.storageCall,
): Promise<T> {
  return withinLimits({ of: 'the storage account', signal: given, limitMs }, work);
}
