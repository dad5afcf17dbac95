import { describe, expect, it } from 'vitest';
import { MemoryHsm } from '../../support/memory/memory-hsm.ts';
import { MemoryKeyService } from '../../support/memory/memory-key-service.ts';
import { HOUR_MS, settledWorld, type WatchWorld } from '../../support/watch-world.ts';

describe('a key restored here from another HSM', () => {
  /** Scanned every quarter of an hour; the key comes, two hours old, after a scan. */
  async function withOldKey(): Promise<WatchWorld> {
    const world = await settledWorld();
    const other = new MemoryHsm({ name: 'fabrikam', purgeProtection: true, clock: world.clock });
    other.createKey('mail-dkim');
    await world.clock.advance(2 * HOUR_MS);
    await world.scan();
    const backup = await new MemoryKeyService(other).backupKey('mail-dkim');
    await new MemoryKeyService(world.hsm).restoreKey(backup);
    return world;
  }

  it('is not called unprotected before it could have been backed up here', async () => {
    const world = await withOldKey();
    await world.scan();
    await world.backUp('mail-dkim');
    await world.clock.advance(HOUR_MS);
    await world.scan();

    expect(world.reports).toEqual([]);
  });

  it.each([
    ['just before', HOUR_MS - 1, []],
    ['at', HOUR_MS, ['KeyUnprotected mail-dkim']],
  ])('without a backup, %s an hour after the last scan without it', async (_name, age, reported) => {
    const world = await withOldKey();
    await world.scan();
    await world.clock.advance(age);
    await world.scan();

    expect(world.reports).toEqual(reported);
  });
});
