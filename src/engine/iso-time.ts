/** Epoch milliseconds as text for people and events. The clock is not read here. */

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
