import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { forEachConcurrently, mapConcurrently } from '../../src/core/concurrency.ts';

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

describe('mapConcurrently', () => {
  it('gives what was made of each in their order, whichever ended first, and at most so many at a time', async () => {
    let running = 0;
    let most = 0;
    const made = await mapConcurrently([3, 1, 2], 2, async (turns) => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < turns; turn += 1) await setImmediate();
      running -= 1;
      return turns * 10;
    });

    expect({ made, most }).toEqual({ made: [30, 10, 20], most: 2 });
  });

  it('fails with the first failure', async () => {
    const failing = mapConcurrently([1, 2], 2, async (item) => {
      throw new Error(`item ${item}`);
    });

    await expect(failing).rejects.toThrow('item 1');
  });
});
