/**
 * One field of an NCRONTAB schedule: which values it allows.
 *
 * The grammar is that of the Functions host, which reads schedules with NCrontab
 * (github.com/atifaziz/NCrontab, `CrontabFieldImpl` and `CrontabField`).
 */

/** A field's name, bounds and the names of its values. */
interface FieldKind {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words: readonly string[];
}

const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);
const DAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

/** The six fields in order. Sunday is 0; there is no day 7. */
export const FIELDS = [
  { name: 'second', min: 0, max: 59, words: [] },
  { name: 'minute', min: 0, max: 59, words: [] },
  { name: 'hour', min: 0, max: 23, words: [] },
  { name: 'day', min: 1, max: 31, words: [] },
  { name: 'month', min: 1, max: 12, words: MONTHS },
  { name: 'day of week', min: 0, max: 6, words: DAYS },
] as const satisfies readonly FieldKind[];

/** The largest number that .NET's `int.Parse` takes. */
const INT_MAX = 2_147_483_647;

/** What is wrong with a schedule, as the end of a sentence. */
export interface ScheduleProblem {
  readonly problem: string;
}

/** The values that a field's text allows, in ascending order, or what is wrong with the text. */
export function parseField(text: string, kind: FieldKind): readonly number[] | ScheduleProblem {
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const range = parseItem(item, kind);
    if ('problem' in range) return range;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** `*`, `a` or `a-b`, with or without `/step`. `a/step` goes from a to the end; a range may be written backwards. */
function parseItem(item: string, kind: FieldKind): Range | ScheduleProblem {
  const [, span = '', stepText] = /^([^/]*)(?:\/(.*))?$/s.exec(item) ?? [];
  const step = stepText === undefined ? 1 : parseStep(stepText);
  if (step === undefined) return { problem: `the ${kind.name} step "${item}" is not a whole number` };
  if (span === '*') return { from: kind.min, to: kind.max, step };

  const [, first = span, last] = /^([^-]+)-(.*)$/s.exec(span) ?? [];
  const from = parseValue(first, kind);
  const to = last === undefined ? from : parseValue(last, kind);
  if (from === undefined || to === undefined) return { problem: expectation(kind, item) };
  if (last === undefined) return { from, to: stepText === undefined ? from : kind.max, step };
  return { from: Math.min(from, to), to: Math.max(from, to), step };
}

/** A step under one counts as one, as the host has it. */
function parseStep(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const step = Number(text);
  return Math.abs(step) > INT_MAX ? undefined : Math.max(step, 1);
}

/** A number within the bounds, or the beginning of a name: the first name that begins so counts. */
function parseValue(text: string, { min, max, words }: FieldKind): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) >= min && Number(text) <= max ? Number(text) : undefined;
  const index = text === '' ? -1 : words.findIndex((word) => word.startsWith(text.toLowerCase()));
  return index < 0 ? undefined : index + min;
}

function expectation({ name, min, max, words }: FieldKind, item: string): string {
  const names = words.length > 0 ? ' or an English name' : '';
  return `expected a ${name} from ${min} to ${max}${names}, got "${item}"`;
}
