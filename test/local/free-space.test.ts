import type { StatsFs } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { needSpace, watchSpace } from '../../src/local/free-space.ts';

const MIB = 1024 * 1024;
let free = 0;

vi.mock(import('node:fs/promises'), async (original) => ({
  ...(await original()),
  statfs: vi.fn().mockImplementation(async (): Promise<Partial<StatsFs>> => ({ bavail: free, bsize: 1 })),
}));

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

describe('the space that a start needs', () => {
  it.each([
    ['just enough', 16 * MIB, true],
    ['a byte too little', 16 * MIB - 1, false],
  ])('%s', async (_, bytes, enough) => {
    free = bytes;

    if (enough) await needSpace('.warden/world');
    else
      await expect(needSpace('.warden/world')).rejects.toMatchObject({
        code: 'ENOSPC',
        path: '.warden/world',
      });
  });
});

describe('a disk that fills up during a run', () => {
  it('is reported once, before it is quite full', async () => {
    free = 2 * MIB;
    const reported: Error[] = [];
    const watch = watchSpace('.warden/world', (error) => reported.push(error));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(reported).toEqual([]);

    free = 2 * MIB - 1;
    await vi.advanceTimersByTimeAsync(5_000);
    watch.stop();

    expect(reported).toEqual([expect.objectContaining({ code: 'ENOSPC', path: '.warden/world' })]);
  });

  it('is not watched any more after the stop', async () => {
    free = 0;
    const reported: Error[] = [];
    watchSpace('.warden/world', (error) => reported.push(error)).stop();
    await vi.advanceTimersByTimeAsync(5_000);

    expect(reported).toEqual([]);
  });
});
