// ISO 8601 durations as rotation policies use them: whole years, months, weeks and days.

const DURATION = /^P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$/;
const SECONDS_A_DAY = 86_400;

/**
 * `start` (unix seconds) plus the duration by the calendar (UTC), or minus it with the sign -1; undefined when the text
 * is no such duration.
 */
export function addDuration(start: number, duration: string, sign: 1 | -1 = 1): number | undefined {
  const parts = DURATION.exec(duration)
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  if (!parts) return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0] = parts;
  const date = new Date(start * 1000);
  date.setUTCMonth(date.getUTCMonth() + sign * (years * 12 + months));
  return Math.floor(date.getTime() / 1000) + sign * (weeks * 7 + days) * SECONDS_A_DAY;
}
