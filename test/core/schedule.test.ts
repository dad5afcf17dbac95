import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { nextRunAfter, parseSchedule } from '../../src/core/schedule.ts';

const at = (text: string) => Date.parse(text);
const next = (schedule: string, after: string) => new Date(nextRunAfter(schedule, at(after))).toISOString();

describe('the next run of a schedule', () => {
  it.each([
    ['just before', '0 0 2 * * *', '2026-11-24T01:59:59.999Z', '2026-11-24T02:00:00.000Z'],
    ['at the moment itself', '0 0 2 * * *', '2026-11-24T02:00:00.000Z', '2026-11-25T02:00:00.000Z'],
    ['just after', '0 0 2 * * *', '2026-11-24T02:00:00.001Z', '2026-11-25T02:00:00.000Z'],
    ['over the end of a year', '0 0 2 * * *', '2026-12-31T12:00:00Z', '2027-01-01T02:00:00.000Z'],
    ['before 1970', '0 0 2 * * *', '1969-12-31T02:00:00Z', '1970-01-01T02:00:00.000Z'],
    ['in UTC, whatever the season', '0 30 2 * * *', '2026-03-29T00:30:00Z', '2026-03-29T02:30:00.000Z'],
    ['every quarter of an hour', '0 */15 * * * *', '2026-11-24T00:14:59Z', '2026-11-24T00:15:00.000Z'],
    ['every quarter from 0', '0 0/15 * * * *', '2026-11-24T00:45:00Z', '2026-11-24T01:00:00.000Z'],
    ['every five seconds', '*/5 * * * * *', '2026-11-24T00:00:04Z', '2026-11-24T00:00:05.000Z'],
    ['a start with a step', '0 5/20 * * * *', '2026-11-24T00:05:00Z', '2026-11-24T00:25:00.000Z'],
    ['a range with a step', '0 0 9-17/4 * * *', '2026-11-24T13:00:00Z', '2026-11-24T17:00:00.000Z'],
    ['a step beyond the field', '0 0 0/30 * * *', '2026-11-24T00:00:00Z', '2026-11-25T00:00:00.000Z'],
    ['a step of none, as of one', '0 */0 * * * *', '2026-11-24T00:00:00Z', '2026-11-24T00:01:00.000Z'],
    ['a list out of order', '0 0 13,1 * * *', '2026-11-24T00:00:00Z', '2026-11-24T01:00:00.000Z'],
    ['a list of ranges', '0 0 1-2,20-21 * * *', '2026-11-24T02:00:00Z', '2026-11-24T20:00:00.000Z'],
    ['a list with an asterisk', '0 0 1,* * * *', '2026-11-24T02:00:00Z', '2026-11-24T03:00:00.000Z'],
    ['a range written backwards', '0 0 5-2 * * *', '2026-11-24T05:00:00Z', '2026-11-25T02:00:00.000Z'],
    ['leading zeros', '00 00 02 * * *', '2026-11-24T00:00:00Z', '2026-11-24T02:00:00.000Z'],
    ['more spaces', ' 0  0 2 * * * ', '2026-11-24T00:00:00Z', '2026-11-24T02:00:00.000Z'],
  ])('%s: %s', (_case, schedule, after, expected) => {
    expect(next(schedule, after)).toBe(expected);
  });

  it.each([
    ['on week days', '0 30 3 * * 1-5', '2026-11-27T04:00:00Z', '2026-11-30T03:30:00.000Z'],
    ['on Sunday, which is 0', '0 0 0 * * 0', '2026-11-24T00:00:00Z', '2026-11-29T00:00:00.000Z'],
    ['by short names', '0 30 9 * Jan Mon-Fri', '2026-11-24T00:00:00Z', '2027-01-01T09:30:00.000Z'],
    ['by long names', '0 30 9 * january MONDAY', '2026-11-24T00:00:00Z', '2027-01-04T09:30:00.000Z'],
    ['by the beginnings of names', '0 0 0 * Ma W', '2026-11-24T00:00:00Z', '2027-03-03T00:00:00.000Z'],
    ['a name and a number', '0 0 0 * * SAT,1', '2026-11-24T00:00:00Z', '2026-11-28T00:00:00.000Z'],
    ['a name with a step', '0 0 0 * * THU/2', '2026-11-24T00:00:00Z', '2026-11-26T00:00:00.000Z'],
    ['names backwards', '0 0 0 * * FRI-MON', '2026-11-27T00:00:00Z', '2026-11-30T00:00:00.000Z'],
    ['the 31st', '0 0 0 31 * *', '2026-08-31T00:00:00Z', '2026-10-31T00:00:00.000Z'],
    ['a leap day', '0 0 0 29 2 *', '2026-11-24T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['a leap day over 2100', '0 0 0 29 2 *', '2096-02-29T00:00:00Z', '2104-02-29T00:00:00.000Z'],
    ['the year 2000 was one', '0 0 0 29 2 *', '1999-01-01T00:00:00Z', '2000-02-29T00:00:00.000Z'],
  ])('%s: %s', (_case, schedule, after, expected) => {
    expect(next(schedule, after)).toBe(expected);
  });

  it.each([
    ['the first of a month, if a Monday', '0 0 2 1 * 1', '2026-11-28T00:00:00Z', '2027-02-01T02:00:00.000Z'],
    ['the first Sunday', '0 0 0 1-7 * SUN', '2026-11-24T00:00:00Z', '2026-12-06T00:00:00.000Z'],
    ['the second Tuesday', '0 0 3 8-14 * TUE', '2026-11-10T03:00:00Z', '2026-12-08T03:00:00.000Z'],
    ['Friday the 13th', '0 0 0 13 * FRI', '2026-11-13T00:00:00Z', '2027-08-13T00:00:00.000Z'],
    ['a leap day, if a Monday', '0 0 0 29 2 MON', '2026-11-24T00:00:00Z', '2044-02-29T00:00:00.000Z'],
    [
      'a leap day, if a Sunday, 40 years on',
      '0 0 0 29 2 0',
      '2088-02-29T00:00:00Z',
      '2128-02-29T00:00:00.000Z',
    ],
    [
      'the 31st or a day before, on weekdays',
      '0 0 0 30,31 * 6,0',
      '2026-11-24T00:00:00Z',
      '2027-01-30T00:00:00.000Z',
    ],
  ])('with both day fields, %s: %s', (_case, schedule, after, expected) => {
    expect(next(schedule, after)).toBe(expected);
  });
});

describe('a schedule that the Functions host would not fire by', () => {
  it.each([
    ...['', '0 2 * * *', '0 0 2 * * * *', '00:15:00', '02:00:00', '1.00:00:00', '@daily', 'nightly'],
    ...['60 * * * * *', '* 60 * * * *', '* * 24 * * *', '* * * 0 * *', '* * * 32 * *', '* * * * 0 *'],
    ...['* * * * 13 *', '* * * * * 7', '* * * * * 0-7', '* * * * * SUN-7', '0-60 * * * * *'],
    ...['0 0 2 ? * *', '0 0 2 * * ?', '0 0 2 L * *', '0 0 2 LW * *', '0 0 2 15W * *', '0 0 2 * * 1#2'],
    ...['0 0 2 * * MON#1', '0 0 2 * * 5L', '0 0 2 * * FRI#L', '0 0 2 L-3 * *', '0 0 2 H * *'],
    ...['-1 * * * * *', '1-2-3 * * * * *', '1- * * * * *', '*-5 * * * * *', '** * * * * *', '1.5 * * * * *'],
    ...['1, * * * * *', ',1 * * * * *', '1,,2 * * * * *', '*/ * * * * *', '/5 * * * * *', '1/2/3 * * * * *'],
    ...['*/x * * * * *', '*/2147483648 * * * * *', '0x1 * * * * *', '+1 * * * * *', '٣ * * * * *'],
    ...[
      '* * * * Jx *',
      '* * * * MON *',
      '* * * JAN * *',

      '* * * * * MONDAYS',
      'MON * * * * *',
    ],
    ...['0\t0 2 * * *', '0 0 2 * * *\n', '0 0 2 * *\t*'],
    ...['0 0 2 30 2 *', '0 0 2 31 2,4,6,9,11 *', '0 0 2 30-31 2 *'],
  ])('%j is refused with a reason', (schedule) => {
    expect(parseSchedule(schedule)).toEqual({ problem: expect.stringMatching(/\w/) });
    expect(() => nextRunAfter(schedule, 0)).toThrow(expect.objectContaining({ code: 'settings-invalid' }));
  });

  it.each([
    ['0 0 2 * * 7', 'expected a day of week from 0 to 6 or an English name, got "7"'],
    ['0 0 2 ? * *', 'expected a day from 1 to 31, got "?"'],
    ['0 0 2 30 2 *', 'no such day ever comes'],
    ['0 */x * * * *', 'the minute step "*/x" is not a whole number'],
    ['0 2 * * *', expect.stringContaining('expected 6 fields')],
  ])('%s says what is wrong', (schedule, problem) => {
    expect(parseSchedule(schedule)).toEqual({ problem });
  });
});

describe('any schedule', () => {
  test.prop([schedules(), fc.integer({ min: at('2020-01-01'), max: at('2110-01-01') })], {
    seed: 1,
    numRuns: 300,
  })('fires next when a search of every second says so', ({ text, fields }, after) => {
    const expected = searchEverySecond(fields, after);
    const schedule = parseSchedule(text);
    if (!('next' in schedule)) expect(expected).toBeUndefined();
    else if (expected === undefined)
      expect(schedule.next(after)).toBeGreaterThan(after + SEARCHED_DAYS * DAY_MS);
    else expect(new Date(schedule.next(after)).toISOString()).toBe(new Date(expected).toISOString());
  });
});

const DAY_MS = 86_400_000;
const SEARCHED_DAYS = 1500;

interface Field {
  readonly text: string;
  readonly has: (value: number) => boolean;
}

/** Schedules with, for each field, the values that the text means by construction. */
function schedules(): fc.Arbitrary<{ text: string; fields: readonly Field[] }> {
  const bounds: [number, number][] = [
    [0, 59],
    [0, 59],
    [0, 23],
    [1, 31],
    [1, 12],
    [0, 6],
  ];
  return fc.tuple(...bounds.map(([min, max]) => fieldOf(min, max))).map((fields) => ({
    text: fields.map((field) => field.text).join(' '),
    fields,
  }));
}

function fieldOf(min: number, max: number): fc.Arbitrary<Field> {
  const value = fc.integer({ min, max });
  const step = fc.integer({ min: 1, max: 40 });
  const item = fc.oneof(
    fc.constant<Field>({ text: '*', has: () => true }),
    value.map((a): Field => ({ text: `${a}`, has: (x) => x === a })),
    step.map((n): Field => ({ text: `*/${n}`, has: (x) => (x - min) % n === 0 })),
    fc
      .tuple(value, step)
      .map(([a, n]): Field => ({ text: `${a}/${n}`, has: (x) => x >= a && (x - a) % n === 0 })),
    fc.tuple(value, value, step).map(
      ([a, b, n]): Field => ({
        text: n === 1 ? `${a}-${b}` : `${a}-${b}/${n}`,
        has: (x) => x >= Math.min(a, b) && x <= Math.max(a, b) && (x - Math.min(a, b)) % n === 0,
      }),
    ),
  );
  return fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => ({
    text: items.map(({ text }) => text).join(','),
    has: (x) => items.some(({ has }) => has(x)),
  }));
}

/** The slow way: every second of every day that fits, one after another. */
function searchEverySecond(fields: readonly Field[], after: number): number | undefined {
  const fits = (index: number, value: number) => fields[index]?.has(value) === true;
  const first = new Date(after);
  for (let days = 0; days <= SEARCHED_DAYS; days += 1) {
    const day = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), first.getUTCDate() + days));
    if (!fits(3, day.getUTCDate()) || !fits(4, day.getUTCMonth() + 1) || !fits(5, day.getUTCDay())) continue;
    for (let time = day.getTime(); time < day.getTime() + DAY_MS; time += 1000) {
      const date = new Date(time);
      if (
        time > after &&
        fits(0, date.getUTCSeconds()) &&
        fits(1, date.getUTCMinutes()) &&
        fits(2, date.getUTCHours())
      )
        return time;
    }
  }
  return undefined;
}
