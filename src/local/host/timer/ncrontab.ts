/** Reads the six-field NCRONTAB expressions of timer triggers and computes their next times, in UTC. */
import { Cron } from 'croner';
import { HostError } from '../host-error.ts';

/** A schedule. */
export interface Schedule {
  readonly text: string;
  /** The first time strictly after `after` (epoch milliseconds, both). */
  next(after: number): number;
}

const MONTHS = 'January|February|March|April|May|June|July|August|September|October|November|December'.split(
  '|',
);
const DAYS = 'Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday'.split('|');

/** Field names and bounds: github.com/atifaziz/NCrontab, with seconds. */
const FIELDS = [
  { name: 'second', min: 0, max: 59, words: [] },
  { name: 'minute', min: 0, max: 59, words: [] },
  { name: 'hour', min: 0, max: 23, words: [] },
  { name: 'day', min: 1, max: 31, words: [] },
  { name: 'month', min: 1, max: 12, words: MONTHS },
  { name: 'day of week', min: 0, max: 6, words: DAYS },
] as const;

/**
 * Parses `{second} {minute} {hour} {day} {month} {day of week}`.
 *
 * Only what the official host reads the same way is accepted: numbers, `*`, ranges, lists, steps and English names.
 * croner's extras (`L`, `W`, `#`, `?`, `@daily`, weekday 7) are refused, five fields are refused, and day and weekday
 * must both match. A TimeSpan, which the official host accepts on App Service plans only, is refused too
 * (learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions).
 * Fails with `schedule-invalid`.
 */
export function parseSchedule(text: string): Schedule {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) {
    throw invalid(
      text,
      `expected 6 fields "{second} {minute} {hour} {day} {month} {day of week}", got ${fields.length}`,
    );
  }
  const numeric = FIELDS.map((field, index) => readField(text, fields[index] ?? '', field));
  const cron = new Cron(numeric.join(' '), {
    timezone: 'UTC',
    mode: '6-part',
    domAndDow: true,
    paused: true,
  });
  const next = (after: number) => {
    const date = cron.nextRun(new Date(after));
    if (!date) throw invalid(text, 'it never occurs');
    return date.getTime();
  };
  return { text, next };
}

function readField(text: string, value: string, field: (typeof FIELDS)[number]): string {
  return value
    .split(',')
    .map((item) => {
      const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(item);
      if (!match) throw invalid(text, `"${value}" is not a ${field.name}`);
      const [, any, from = '', to, step] = match;
      const start = any ? field.min : readValue(text, from, field);
      // `5/10` means from 5 to the end in NCRONTAB.
      const end = to === undefined ? (any || step ? field.max : start) : readValue(text, to, field);
      if (end < start) throw invalid(text, `the ${field.name} range "${item}" runs backwards`);
      if (step !== undefined && Number(step) < 1)
        throw invalid(text, `the ${field.name} step "${item}" is not positive`);
      const range = start === end ? String(start) : `${start}-${end}`;
      // A step beyond the range leaves its first value; croner refuses such a step, so it is left out.
      if (step === undefined) return any ? '*' : range;
      return Number(step) > end - start ? String(start) : `${range}/${Number(step)}`;
    })
    .join(',');
}

function readValue(text: string, value: string, field: (typeof FIELDS)[number]): number {
  const word = field.words.findIndex(
    (candidate) => value.length >= 3 && candidate.toLowerCase().startsWith(value.toLowerCase()),
  );
  const number = word >= 0 ? word + field.min : /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= field.min && number <= field.max)) {
    throw invalid(text, `expected a ${field.name} from ${field.min} to ${field.max}, got "${value}"`);
  }
  return number;
}

function invalid(text: string, problem: string): HostError {
  return new HostError('schedule-invalid', `the schedule "${text}" is not valid: ${problem}`);
}
