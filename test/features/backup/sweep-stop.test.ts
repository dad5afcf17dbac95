/** What a sweep does when its app is asked to stop, and when its lease is lost. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { SWEEPS } from '../../../src/features/backup/queues.ts';
import { sweep } from '../../../src/features/backup/sweep.ts';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { overriding, SweepWorld } from '../../support/sweep-world.ts';

const STOPPING = new WardenError('app-stopping', { message: 'The app is stopping.' });

/** A sweep that is stopped when the key number `at` is backed up; the backup of key `stuck` never comes. */
async function stopAt(at: number, stuck?: string) {
  const world = await SweepWorld.withKeys(30);
  const stop = new AbortController();
  const { keys } = world.deps;
  let count = 0;
  const watched = overriding(keys, {
    backupKey: async (name, signal) => {
      count += 1;
      if (count === at) stop.abort(STOPPING);
      if (name === stuck) await world.clock.sleep(3_600_000, signal);
      return keys.backupKey(name, signal);
    },
  });
  const startedAt = world.clock.now();
  const result = await sweep(
    { ...world.deps, keys: watched },
    world.policy({ concurrency: 4 }),
    world.message,
    stop.signal,
  );
  return { world, result, tookMs: world.clock.now() - startedAt };
}

describe('a sweep that is asked to stop', () => {
  it('has everything that is backed up in catalogue and record, and gives the lease back', async () => {
    const { world, result } = await stopAt(10);

    const { backedUp } = (await world.run()).counts;
    expect(result.status).toBe('continued');
    expect(backedUp).toBeGreaterThanOrEqual(10);
    expect(backedUp).toBeLessThan(30);
    expect(world.backups.blobs).toHaveLength(backedUp);
    expect(Object.keys((await readCatalogue(world.state, 'contoso')).keys)).toHaveLength(backedUp);
    expect(world.leases.isHeld('hsm-contoso')).toBe(false);
  });

  it('sends its continuation, but not to the process that stops', async () => {
    const { world } = await stopAt(10);

    expect(world.queue.take(SWEEPS)).toBeUndefined();
    await world.clock.advance(5_000);
    expect(world.queue.take(SWEEPS)).toEqual(world.message);
    await world.sweepToTheEnd();

    expect(await world.run()).toMatchObject({ state: 'succeeded', counts: { keys: 30, backedUp: 30 } });
    expect(world.backups.blobs).toHaveLength(30);
  });

  it('does not wait for a key that does not come to its end, and lets the next worker search for its backup', async () => {
    const { world, result, tookMs } = await stopAt(10, 'key-003');

    expect(result.status).toBe('continued');
    expect(tookMs).toBeLessThanOrEqual(2_000);
    expect((await world.run()).state).toBe('running');
    expect(world.leases.isHeld('hsm-contoso')).toBe(false);
  });

  it('says that the lease is lost when that is what ended it', async () => {
    const world = await SweepWorld.withKeys(30);
    const { keys } = world.deps;
    const losing = overriding(keys, {
      backupKey: async (name, signal) => {
        world.leases.breakLease('hsm-contoso');
        return keys.backupKey(name, signal);
      },
    });

    const ended = world.sweep({}, world.message, { ...world.deps, keys: losing });

    await expect(ended).rejects.toMatchObject({ code: 'lease-lost' });
  });
});
