/** The damaged backups of a head: what was found after it is news, also where they are more than it marks. */
import { describe, expect, it } from 'vitest';
import { damageOf, newDamage } from '../../../src/features/status/known-damage.ts';

const blobs = (from: number, until: number) =>
  Object.fromEntries(Array.from({ length: until - from }, (_, n) => [`contoso/k/${from + n}`, 1]));

describe('damaged backups that are news', () => {
  it.each([
    ['none before, none now', {}, {}, 0],
    ['the same', blobs(0, 3), blobs(0, 3), 0],
    ['one more', blobs(0, 3), blobs(0, 4), 1],
    ['as many, and others', blobs(0, 3), blobs(3, 6), 3],
    ['fewer, one of them another', blobs(0, 3), blobs(2, 4), 1],
    ['fewer', blobs(0, 3), blobs(1, 2), 0],
    ['more than are marked', blobs(0, 1200), blobs(0, 1200), 0],
    ['one more than more than are marked', blobs(0, 1200), blobs(0, 1201), 1],
  ])('%s', (_, before, now, news) => {
    expect(newDamage(damageOf({ damaged: before }), { damaged: now })).toBe(news);
  });

  it('are counted against a head that marks none', () => {
    expect(newDamage({ damaged: 2 }, { damaged: blobs(0, 3) })).toBe(1);
  });

  it('are none where nothing was ever verified', () => {
    expect(newDamage(damageOf(undefined), undefined)).toBe(0);
  });
});
