/** Moments as far as they can be said: the service takes any number of seconds, a date of ours ends in the year 275760. */

/** ECMA-262, section 21.4.1.1: the last and, negative, the first moment of a Date. Epoch milliseconds. */
export const LAST_MOMENT_MS = 8_640_000_000_000_000;

/** The moment, or the nearest that can be said. Epoch milliseconds. */
export function momentOf(epochMs: number): number {
  return Math.max(-LAST_MOMENT_MS, Math.min(LAST_MOMENT_MS, epochMs));
}
