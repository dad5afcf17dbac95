import { describe, expect, it } from 'vitest';
import { nextRunAfter } from '../../src/engine/schedule.ts';

const at = (text: string) => Date.parse(text);

describe('the next run of a schedule', () => {
  it.each([
    ['just before', '0 0 2 * * *', '2026-11-24T01:59:59.999Z', '2026-11-24T02:00:00Z'],
    ['at the moment itself', '0 0 2 * * *', '2026-11-24T02:00:00Z', '2026-11-25T02:00:00Z'],
    ['over the end of a year', '0 0 2 * * *', '2026-12-31T12:00:00Z', '2027-01-01T02:00:00Z'],
    ['every quarter of an hour', '0 */15 * * * *', '2026-11-24T00:14:59Z', '2026-11-24T00:15:00Z'],
    ['on week days', '0 30 3 * * 1-5', '2026-11-27T04:00:00Z', '2026-11-30T03:30:00Z'],
    ['in UTC, whatever the season', '0 0 2 * * *', '2026-03-29T00:30:00Z', '2026-03-29T02:00:00Z'],
  ])('%s', (_case, schedule, after, expected) => {
    expect(nextRunAfter(schedule, at(after))).toBe(at(expected));
  });

  it('is none for a day that never comes', () => {
    expect(nextRunAfter('0 0 2 30 2 *', at('2026-01-01T00:00:00Z'))).toBeUndefined();
  });
});
