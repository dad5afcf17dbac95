import { describe, expect, it } from 'vitest';
import { deletionOf, isSameDeletion, timeLeft } from '../../../../src/features/watch/model/context.ts';

const AT = Date.UTC(2026, 10, 24, 12);

describe('two dates of a deletion', () => {
  it.each([
    ['the same', 0, true],
    ['one second apart, as the service rounds', 1_000, true],
    ['one second before', -1_000, true],
    ['two seconds apart', 2_000, true],
    ['more than two seconds apart', 2_001, false],
  ])('%s: are of one deletion or not', (_name, ms, same) => {
    expect(isSameDeletion(AT, AT + ms)).toBe(same);
  });

  it('identify a deletion by the date that was first seen', () => {
    const known = {
      state: 'deleted',
      createdAt: AT,
      deletedAt: AT,
      scheduledPurgeAt: AT + 1,
      told: [],
      uses: [],
    };

    expect(deletionOf({ ...known, state: 'deleted' })).toBe(`deleted ${AT}`);
  });
});

describe('the time left', () => {
  it.each([
    ['before', AT - 1, 1],
    ['at', AT, 0],
    ['after', AT + 1, 0],
  ])('%s the purge is never negative', (_name, now, left) => {
    expect(timeLeft({ scheduledPurgeAt: AT }, now)).toBe(left);
  });
});
