import { describe, expect, it } from 'vitest';
import { nextRunAfter } from '../../../../src/core/schedule.ts';
import { decideStart } from '../../../../src/local/host/timer/past-due.ts';

const at = (time: string) => Date.parse(`2026-11-${time}Z`);
const scheduled = (text: string) => ({ text, next: (after: number) => nextRunAfter(text, after) });
const nightly = scheduled('0 0 2 * * *');
const ranYesterday = { last: at('23T02:00:00'), next: at('24T02:00:00'), lastUpdated: at('23T02:00:00') };

describe('a timer at the start of the host', () => {
  it('waits for its next time when it was never seen', () => {
    expect(decideStart(undefined, nightly, at('24T12:00:00'))).toEqual({
      status: { next: at('25T02:00:00'), lastUpdated: at('24T12:00:00') },
      isPastDue: false,
      changed: true,
    });
  });

  it.each([
    ['just before', at('24T02:00:00') - 1, false],
    ['at', at('24T02:00:00'), false],
    ['just after', at('24T02:00:00') + 1, true],
    ['days after', at('28T01:00:00'), true],
  ])('%s its recorded next time, past due is %s', (_, now, isPastDue) => {
    expect(decideStart(ranYesterday, nightly, now)).toEqual({
      status: ranYesterday,
      isPastDue,
      changed: false,
    });
  });

  it('is past due when the host was away over its first time of all', () => {
    const seen = { next: at('24T02:00:00'), lastUpdated: at('23T12:00:00') };

    expect(decideStart(seen, nightly, at('24T02:00:01')).isPastDue).toBe(true);
  });

  it.each([
    ['to come', '0 0 22 * * *', at('23T22:00:00'), at('23T02:00:00')],
    ['missed', '0 0 3 * * *', at('25T03:00:00'), at('24T12:00:00')],
  ])('with a changed schedule whose next time is %s is not past due', (_, expression, next, lastUpdated) => {
    const now = expression.includes('22') ? at('23T12:00:00') : at('24T12:00:00');

    expect(decideStart(ranYesterday, scheduled(expression), now)).toEqual({
      status: { next, lastUpdated },
      isPastDue: false,
      changed: true,
    });
  });
});
