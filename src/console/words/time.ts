/** Points in time, in the reader's time zone and in UTC. */

const LOCAL = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** Epoch milliseconds of an ISO text or of themselves. */
export function epochOf(at: string | number): number {
  return typeof at === 'number' ? at : Date.parse(at);
}

/** `28 Nov 2026, 22:31` where the reader is. */
export function localTime(at: number): string {
  return LOCAL.format(at);
}

/** `2026-11-28 22:31:05 UTC`. */
export function utcTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
