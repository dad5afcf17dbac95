import { describe, expect, it } from 'vitest';
import { Shared } from '../../src/core/shared.ts';

describe('a shared value', () => {
  function counted(clock: { now: () => number }) {
    const shared = new Shared<number>(clock, 1000);
    let made = 0;
    return () =>
      shared.get(async () => {
        made += 1;
        return made;
      });
  }

  it.each([
    ['at the same moment', 0, 1],
    ['just before it is too old', 999, 1],
    ['when it is too old', 1000, 2],
    ['when the clock has gone back', -1, 2],
  ])('asked for again %s', async (_, later, expected) => {
    let now = 5000;
    const ask = counted({ now: () => now });
    await ask();
    now += later;

    expect(await ask()).toBe(expected);
  });

  it('is made again after a failure', async () => {
    const shared = new Shared<string>({ now: () => 0 }, 1000);
    await expect(
      shared.get(async () => {
        throw new Error('once');
      }),
    ).rejects.toThrow('once');

    expect(await shared.get(async () => 'good')).toBe('good');
  });
});
