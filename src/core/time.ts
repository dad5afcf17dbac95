/** Times and durations in milliseconds, and times as text. The clock is not read here. */

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The service's clock and ours may differ by this much. */
export const CLOCK_SKEW_MS = 5 * MINUTE_MS;

/** `2026-11-24T02:00:00.000Z` */
export function isoTime(epochMs: number): string {
  // biome-ignore lint/style/noRestrictedGlobals: a Date of a given time, not the clock
  return new Date(epochMs).toISOString();
}

/** Epoch milliseconds of an ISO 8601 time; NaN when the text is none. */
export function epochOf(isoText: string): number {
  // biome-ignore lint/style/noRestrictedGlobals: a Date of a given time, not the clock
  return Date.parse(isoText);
}

/** How long a call to an HSM may take: whoever begins one must hold its right to act for longer. */

/** One call of a port on an HSM as a whole: a token and its requests, among them the pages of a key's versions. Milliseconds. */
export const HSM_CALL_LIMIT_MS = 120_000;
