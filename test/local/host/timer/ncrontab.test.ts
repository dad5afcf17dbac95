import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../../src/local/host/timer/ncrontab.ts';

function next(expression: string, after: string): string {
  return new Date(parseSchedule(expression).next(Date.parse(after))).toISOString();
}

describe('a schedule', () => {
  it.each([
    ['0 0 2 * * *', '2026-11-24T01:59:59.999Z', '2026-11-24T02:00:00.000Z'],
    ['0 0 2 * * *', '2026-11-24T02:00:00.000Z', '2026-11-25T02:00:00.000Z'],
    ['0 0 2 * * *', '2026-11-24T02:00:00.001Z', '2026-11-25T02:00:00.000Z'],
    ['0 */15 * * * *', '2026-11-24T00:14:59.000Z', '2026-11-24T00:15:00.000Z'],
    ['*/5 * * * * *', '2026-11-24T00:00:04.000Z', '2026-11-24T00:00:05.000Z'],
    ['0 5/20 * * * *', '2026-11-24T00:05:00.000Z', '2026-11-24T00:25:00.000Z'],
    ['0 0 9-17/4 * * *', '2026-11-24T13:00:00.000Z', '2026-11-24T17:00:00.000Z'],
    ['0 0 1,13 * * *', '2026-11-24T01:00:00.000Z', '2026-11-24T13:00:00.000Z'],
    ['0 30 9 * Jan Mon-Fri', '2026-11-24T00:00:00.000Z', '2027-01-01T09:30:00.000Z'],
    ['0 30 9 * january MONDAY', '2026-11-24T00:00:00.000Z', '2027-01-04T09:30:00.000Z'],
    ['0 0 0 * * 0', '2026-11-24T00:00:00.000Z', '2026-11-29T00:00:00.000Z'],
    ['0 0 0 29 2 *', '2026-11-24T00:00:00.000Z', '2028-02-29T00:00:00.000Z'],
    ['0 0 0 1-7 * MON', '2026-11-24T00:00:00.000Z', '2026-12-07T00:00:00.000Z'],
    ['0 0 0/30 * * *', '2026-11-24T00:00:00.000Z', '2026-11-25T00:00:00.000Z'],
    [' 0  0 2 * * * ', '2026-11-24T00:00:00.000Z', '2026-11-24T02:00:00.000Z'],
  ])('%s after %s occurs at %s', (expression, after, expected) => {
    expect(next(expression, after)).toBe(expected);
  });

  it('is in UTC, whatever the daylight saving time of the machine', () => {
    expect(next('0 30 2 * * *', '2026-03-29T00:00:00.000Z')).toBe('2026-03-29T02:30:00.000Z');
  });

  it.each([
    '',
    '0 2 * * *',
    '0 0 2 * * * *',
    '02:00:00',
    '@daily',
    '60 * * * * *',
    '* 60 * * * *',
    '* * 24 * * *',
    '* * * 0 * *',
    '* * * 32 * *',
    '* * * * 13 *',
    '* * * * * 7',
    '* * * L * *',
    '* * * ? * *',
    '* * * * * MON#1',
    '* * 5-2 * * *',
    '*/0 * * * * *',
    '* * * * Ja *',
    '* * * * MON *',
    '-1 * * * * *',
    '1, * * * * *',
    '0 0 0 31 2 *',
  ])('%s is refused, because the official host would refuse it or read it otherwise', (expression) => {
    expect(() => parseSchedule(expression).next(0)).toThrow(
      expect.objectContaining({ code: 'schedule-invalid' }),
    );
  });

  const field = (min: number, max: number) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min, max }).map(String),
      fc.integer({ min: 1, max: 40 }).map((step) => `*/${step}`),
      fc
        .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
        .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    );
  test.prop([field(0, 59), field(0, 59), field(0, 23), fc.integer({ min: 0, max: 4_000_000_000_000 })])(
    'occurs strictly later, at a whole second, and nothing lies between two occurrences',
    (second, minute, hour, after) => {
      const schedule = parseSchedule(`${second} ${minute} ${hour} * * *`);
      const first = schedule.next(after);
      expect(first).toBeGreaterThan(after);
      expect(first % 1000).toBe(0);
      expect(schedule.next(first - 1)).toBe(first);
      expect(schedule.next(first)).toBeGreaterThan(first);
    },
  );
});
