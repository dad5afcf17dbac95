/** Times, spans and numbers in words. */
import { describe, expect, it } from 'vitest';
import { counted, listed, nothingIn } from '../../../src/console/words/count.ts';
import { agoInWords, milestone, spanInWords } from '../../../src/console/words/duration.ts';
import { utcTime } from '../../../src/console/words/time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('a span of time', () => {
  it.each([
    [0, 'under a minute'],
    [MINUTE - 1, 'under a minute'],
    [MINUTE, '1 minute'],
    [HOUR - 1, '59 minutes'],
    [HOUR, '1 hour'],
    [HOUR + MINUTE, '1 hour 1 minute'],
    [DAY - 1, '23 hours 59 minutes'],
    [DAY, '1 day'],
    [DAY + 59 * MINUTE, '1 day'],
    [2 * DAY + 3 * HOUR + 4 * MINUTE, '2 days 3 hours'],
    [-5, 'under a minute'],
  ])('of %i ms is %s', (ms, words) => {
    expect(spanInWords(ms)).toBe(words);
  });

  it('names days, hours and minutes where three parts are wanted', () => {
    expect(spanInWords(2 * DAY + 3 * HOUR + 4 * MINUTE, 3)).toBe('2 days 3 hours 4 minutes');
    expect(spanInWords(2 * DAY + 4 * MINUTE, 3)).toBe('2 days 4 minutes');
  });
});

describe('how long ago', () => {
  it.each([
    [0, 'just now'],
    [59_999, 'just now'],
    [MINUTE, '1 minute ago'],
    [25 * HOUR, '1 day ago'],
    [-5 * MINUTE, 'in 5 minutes'],
  ])('%i ms is %s', (ms, words) => {
    expect(agoInWords(1_000_000_000_000, 1_000_000_000_000 + ms)).toBe(words);
  });
});

describe('a countdown is announced', () => {
  it.each([
    [8 * DAY, undefined],
    [7 * DAY, 7 * DAY],
    [DAY + 1, 7 * DAY],
    [DAY, DAY],
    [MINUTE, MINUTE],
    [1, MINUTE],
    [0, 0],
    [-HOUR, 0],
  ])('with %i ms left at the milestone %s', (left, mark) => {
    expect(milestone(left)).toBe(mark);
  });
});

describe('numbers with their noun', () => {
  it.each([
    [0, '0 keys'],
    [1, '1 key'],
    [10_000, '10,000 keys'],
  ])('%i', (count, words) => {
    expect(counted(count, 'key')).toBe(words);
  });

  it('are listed as English has it', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c']);
  });
});

it('a time in UTC names its zone', () => {
  expect(utcTime(0)).toBe('1970-01-01 00:00:00 UTC');
});

describe('an empty list', () => {
  it.each([
    [true, 'No key is soft-deleted.'],
    [false, 'Of what could be read, no key is soft-deleted.'],
  ])('that is whole: %s, is said with no more than is known', (isWhole, words) => {
    expect(nothingIn(isWhole, 'No key is soft-deleted.')).toBe(words);
  });
});
