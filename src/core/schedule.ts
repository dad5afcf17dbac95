/**
 * Six-field NCRONTAB schedules in UTC, exactly as the Functions host reads them (NCrontab, with seconds).
 *
 * This one reading checks the settings, makes the promises about freshness and fires the timers of the local host.
 * Day of month AND day of week must both match. `L`, `W`, `#`, `?`, `@daily` and weekday 7 do not exist there.
 * The host also takes five fields and a TimeSpan such as `00:15:00`; both are refused here: five fields are too easily
 * mistaken for six, and a TimeSpan counts from the start of the host and works on App Service plans only
 * (learn.microsoft.com/azure/azure-functions/functions-bindings-timer, "NCRONTAB expressions" and "TimeSpan").
 */
import { WardenError } from './errors.ts';
import { FIELDS, parseField, type ScheduleProblem } from './schedule-field.ts';

/** A schedule that fires. */
export interface Schedule {
  readonly text: string;
  /** The first time strictly after `after` at which it fires (both epoch milliseconds); a whole second. */
  next(after: number): number;
}

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;
/** The Gregorian calendar, weekdays included, repeats after this many years. */
const CALENDAR_YEARS = 400;

interface Calendar {
  readonly days: readonly number[];
  readonly months: readonly number[];
  readonly weekdays: readonly number[];
}

/** Reads `{second} {minute} {hour} {day} {month} {day of week}`, or says why the host would not fire by it. */
export function parseSchedule(text: string): Schedule | ScheduleProblem {
  // The host splits at spaces alone; tabs and line ends belong to no field.
  const fields = text.split(' ').filter((field) => field !== '');
  if (fields.length !== FIELDS.length) return { problem: countProblem(fields.length) };
  const values: (readonly number[])[] = [];
  for (const [index, kind] of FIELDS.entries()) {
    const parsed = parseField(fields[index] ?? '', kind);
    if ('problem' in parsed) return parsed;
    values.push(parsed);
  }
  const [seconds = [], minutes = [], hours = [], days = [], months = [], weekdays = []] = values;
  const calendar = { days, months, weekdays };
  if (nextDay(calendar, 0) === Number.POSITIVE_INFINITY) return { problem: 'no such day ever comes' };
  const times = [hours, minutes, seconds];
  return { text, next: (after) => nextTime(calendar, times, after) };
}

/**
 * The first time after `after` (epoch milliseconds) at which the six-field NCRONTAB text fires, in UTC.
 * Fails with `settings-invalid` for a text that the settings would have refused.
 */
export function nextRunAfter(text: string, after: number): number {
  const schedule = parseSchedule(text);
  if ('next' in schedule) return schedule.next(after);
  throw new WardenError('settings-invalid', {
    message: `The schedule "${text}" is not valid: ${schedule.problem}.`,
    advice: 'Give six fields, like 0 0 2 * * *.',
  });
}

function countProblem(count: number): string {
  return `expected 6 fields "{second} {minute} {hour} {day} {month} {day of week}" between spaces, got ${count}`;
}

function nextTime(calendar: Calendar, times: readonly (readonly number[])[], after: number): number {
  let from = (Math.floor(after / SECOND_MS) + 1) * SECOND_MS;
  for (;;) {
    const day = nextDay(calendar, Math.floor(from / DAY_MS) * DAY_MS);
    const time = timeFrom(times, Math.max(from - day, 0));
    if (time !== undefined) return day + time;
    from = day + DAY_MS;
  }
}

/** The first time of day at or after `from`, in milliseconds since midnight; undefined when the day has none left. */
function timeFrom([hours = [], minutes = [], seconds = []]: readonly (readonly number[])[], from: number) {
  for (const hour of hours) {
    if ((hour + 1) * 3_600_000 <= from) continue;
    for (const minute of minutes) {
      if (hour * 3_600_000 + (minute + 1) * 60_000 <= from) continue;
      for (const second of seconds) {
        const time = hour * 3_600_000 + minute * 60_000 + second * SECOND_MS;
        if (time >= from) return time;
      }
    }
  }
  return undefined;
}

/** The first day of the calendar at or after `from` (both midnights); `Infinity` when no such day ever comes. */
function nextDay({ days, months, weekdays }: Calendar, from: number): number {
  const first = dateAt(from).getUTCFullYear();
  for (let year = first; year <= first + CALENDAR_YEARS; year += 1) {
    for (const month of months) {
      if (midnight(year, month + 1, 1) <= from) continue;
      for (const day of days) {
        const date = dateAt(midnight(year, month, day));
        // The 30th of February is read as a day in March.
        const exists = date.getUTCMonth() === month - 1;
        if (exists && date.getTime() >= from && weekdays.includes(date.getUTCDay())) return date.getTime();
      }
    }
  }
  return Number.POSITIVE_INFINITY;
}

function midnight(year: number, month: number, day: number): number {
  // biome-ignore lint/style/noRestrictedGlobals: arithmetic of the calendar, not the clock
  return Date.UTC(year, month - 1, day);
}

function dateAt(epochMs: number) {
  // biome-ignore lint/style/noRestrictedGlobals: a Date of a given time, not the clock
  return new Date(epochMs);
}
