/** Spans of time in words. All spans are milliseconds. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const;

/** A span in its `parts` largest units, rounded down: `3 days 4 hours`, `under a minute`. */
export function spanInWords(ms: number, parts = 2): string {
  let rest = Math.max(0, ms);
  const words: string[] = [];
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) words.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
    // Units below the first one that counts are named, so that `1 day` never stands for 1 day 23 hours.
    else if (words.length > 0 && words.length < parts) words.push('');
    if (words.length === parts) break;
  }
  const named = words.filter((word) => word !== '');
  return named.length === 0 ? 'under a minute' : named.join(' ');
}

/** How long ago `at` was, seen at `now`: `5 minutes ago`, `just now`. A time to come is `in 5 minutes`. */
export function agoInWords(at: number, now: number): string {
  const ms = now - at;
  if (Math.abs(ms) < MINUTE) return 'just now';
  return ms > 0 ? `${spanInWords(ms, 1)} ago` : `in ${spanInWords(-ms, 1)}`;
}

/** The moments before an end at which a countdown is announced, largest first. */
const MILESTONES = [7 * DAY, DAY, 6 * HOUR, HOUR, 15 * MINUTE, 5 * MINUTE, MINUTE, 0];

/** The milestone that `leftMs` has reached: the smallest that is not below it; nothing before the first. */
export function milestone(leftMs: number): number | undefined {
  return MILESTONES.findLast((mark) => leftMs <= mark);
}
