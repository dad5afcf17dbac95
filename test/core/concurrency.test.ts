import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { forEachConcurrently } from '../../src/core/concurrency.ts';

async function* count(to: number, failAt?: number) {
  for (let n = 1; n <= to; n += 1) {
    if (n === failAt) throw new Error(`item ${n} cannot be had`);
    yield n;
  }
}

describe('the worker pool', () => {
  it.each([1, 3, 8])('does every item once with %i at a time at most', async (width) => {
    const done: number[] = [];
    let under = 0;
    let most = 0;

    await forEachConcurrently(count(20), width, async (n) => {
      under += 1;
      most = Math.max(most, under);
      await setImmediate();
      under -= 1;
      done.push(n);
    });

    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect(most).toBe(width);
  });

  it('takes no further item after a failure, lets the others end, and throws it', async () => {
    const ended: number[] = [];

    const all = forEachConcurrently(count(100), 3, async (n) => {
      if (n === 2) throw new Error('task 2 failed');
      await setImmediate();
      ended.push(n);
    });

    await expect(all).rejects.toThrow('task 2 failed');
    expect(ended.length).toBeLessThan(6);
  });

  it('throws what the stream failed with, after the tasks under way', async () => {
    const ended: number[] = [];

    const all = forEachConcurrently(count(10, 4), 2, async (n) => {
      await setImmediate();
      ended.push(n);
    });

    await expect(all).rejects.toThrow('item 4 cannot be had');
    expect(ended).toEqual([1, 2, 3]);
  });
});
