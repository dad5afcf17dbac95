import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import type { OddItem } from '../../../src/core/ports.ts';
import { observe } from '../../../src/features/watch/observe/observe.ts';
import { overriding, SweepWorld } from '../../support/sweep-world.ts';

const NO_RETRY = { attempts: 1, firstDelayMs: 1, maxDelayMs: 1 };
const error = new WardenError('hsm-answer-unexpected', { message: 'odd' });

/** A world in which the list cannot read one of its items; `reads`: whether its key can be read directly. */
async function withOdd(name: string | undefined, reads = true) {
  const world = await SweepWorld.withKeys(3);
  const { keys } = world.deps;
  const odd: OddItem = name === undefined ? { error } : { name, error };
  const listing = overriding(keys, {
    listKeys: async (next, signal) => {
      const page = await keys.listKeys(next, signal);
      return { ...page, items: page.items.filter((item) => item.name !== 'key-002'), odd: [odd] };
    },
    ...(reads ? {} : { getKey: () => Promise.reject(error) }),
  });
  return { world, keys: listing };
}

describe('a listed key that cannot be read', () => {
  it.each([
    ['with its name', 'key-002', 'key-002'],
    ['without a name', undefined, 'unnamed-1'],
  ])('is that key’s failure in the run, %s: the others are backed up', async (_what, name, noted) => {
    const { world, keys } = await withOdd(name);

    const result = await world.sweep({}, world.message, { ...world.deps, keys });

    expect(result).toMatchObject({
      status: 'ended',
      run: { state: 'partial', counts: { keys: 3, backedUp: 2, failed: 1 } },
    });
    expect((await world.run()).keys[noted]).toMatchObject({
      outcome: 'failed',
      error: { code: 'hsm-answer-unexpected' },
    });
  });

  it('is skipped where the settings leave it out by its name', async () => {
    const { world, keys } = await withOdd('key-002');
    const selection = { include: [], exclude: ['key-002'], excludeTags: [] };

    const result = await world.sweep({ selection }, world.message, { ...world.deps, keys });

    expect(result).toMatchObject({ run: { state: 'succeeded', counts: { keys: 3, skipped: 1 } } });
  });

  it.each([
    ['is seen by the watch when it can be read directly', 'key-002', true, 3, 0],
    ['is counted by the watch when it cannot', 'key-002', false, 2, 1],
    ['is counted by the watch without a name', undefined, true, 2, 1],
  ])('%s', async (_what, name, reads, active, odd) => {
    const { world, keys } = await withOdd(name, reads);

    const seen = await observe(
      { keys, clock: world.clock, logger: world.logger, retry: NO_RETRY },
      new AbortController().signal,
    );

    expect([seen.active.size, seen.odd?.length ?? 0]).toEqual([active, odd]);
    expect(world.logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(odd * (reads ? 1 : 2));
  });
});
