/** How a sweep keeps its budget: it hands over to a continuation. */

import { describe, expect, it } from 'vitest';
import { AimdPacer } from '../../../src/adapters/pacing/aimd-pacer.ts';
import { readMessage } from '../../../src/core/queue.ts';
import { SWEEPS } from '../../../src/features/backup/queues.ts';
import type { SweepDeps } from '../../../src/features/backup/sweep-context.ts';
import { fault, HOUR_MS, overriding, SweepWorld } from '../../support/sweep-world.ts';

/** An HSM whose list begins with 20 pages without a key. `meanwhile` happens as each of them is asked for. */
function withEmptyPages(world: SweepWorld, meanwhile: (page: number) => Promise<void>) {
  const asked: number[] = [];
  const { deps } = world;
  const keys = overriding(deps.keys, {
    listKeys: async () => {
      const page = asked.push(asked.length + 1);
      await meanwhile(page);
      return page <= 20 ? { items: [], next: `page-${page}` } : deps.keys.listKeys();
    },
  });
  return { asked, deps: { ...deps, keys } };
}

describe('a sweep', () => {
  it('hands over to its continuation before its budget is used up, and no key is done twice', async () => {
    const world = await SweepWorld.withKeys(30);
    const slow = world.deps;
    const deps: SweepDeps = {
      ...slow,
      keys: overriding(slow.keys, {
        backupKey: async (name: string) => {
          await world.clock.sleep(1_000);
          return slow.keys.backupKey(name);
        },
      }),
    };

    const first = await world.sweep({ budgetMs: 3_000 }, world.message, deps);
    const left = readMessage(SWEEPS, world.queue.take(SWEEPS));
    await world.sweep({}, left, deps);

    expect(first.status).toBe('continued');
    expect(await world.run()).toMatchObject({ state: 'succeeded', parts: 2, counts: { backedUp: 30 } });
    expect([...world.backupsPerKey().values()].every((count) => count === 1)).toBe(true);
  });

  it('reaches every other key in spite of so many failing ones that they use up its budget', async () => {
    const world = await SweepWorld.withKeys(30);
    for (const name of [...world.hsm.active.keys()].slice(0, 20)) {
      world.hsm.faults.fail('backupKey', fault('hsm-unavailable'), { subject: name, times: 999 });
    }

    let parts = 1;
    let left: unknown = world.message;
    for (; left !== undefined && parts <= 10; parts += 1) {
      await world.sweep({ budgetMs: 20_000 }, readMessage(SWEEPS, left));
      left = world.queue.take(SWEEPS);
    }

    expect(await world.run()).toMatchObject({ state: 'partial', counts: { backedUp: 10, failed: 20 } });
  });

  it('does not wait for hours because the HSM asks for that: every key is backed up in this very part', async () => {
    const world = await SweepWorld.withKeys(3);
    world.hsm.faults.fail('backupKey', fault('hsm-throttled', 2 * HOUR_MS), { subject: 'key-001' });
    const startedAt = world.clock.now();

    const pacer = new AimdPacer({ ratePerSecond: 8, clock: world.clock });

    const result = await world.sweep({ budgetMs: 600_000 }, world.message, { ...world.deps, pacer });

    expect(result).toMatchObject({ status: 'ended', run: { counts: { backedUp: 3, failed: 0 } } });
    expect(world.clock.now() - startedAt).toBeLessThan(601_000);
  });

  it('hands over to its continuation in time, though page after page of the list holds no key', async () => {
    const world = await SweepWorld.withKeys(3);
    const { deps, asked } = withEmptyPages(world, () => world.clock.sleep(1_000));

    const result = await world.sweep({ budgetMs: 3_000 }, world.message, deps);

    expect(result.status).toBe('continued');
    expect(asked.length).toBeLessThan(6);
  });

  it('stops with its lease, though page after page of the list holds no key', async () => {
    const world = await SweepWorld.withKeys(3);
    const { deps, asked } = withEmptyPages(world, async (page) => {
      if (page === 3) world.leases.breakLease('hsm-contoso');
    });

    await expect(world.sweep({}, world.message, deps)).rejects.toMatchObject({ code: 'lease-lost' });
    expect(asked.length).toBeLessThan(6);
  });

  it('asks for its continuation when the lease is free, so that no worker has to wait for it', async () => {
    const world = await SweepWorld.withKeys(3);
    const held: boolean[] = [];
    world.queue.faults.plant({
      operation: 'send',
      act: () => {
        held.push(world.leases.isHeld('hsm-contoso'));
      },
    });

    expect((await world.sweep({ budgetMs: 0 })).status).toBe('continued');
    expect(held).toEqual([false]);
  });
});
