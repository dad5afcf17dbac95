/** Keys that the settings leave out by a tag: nobody is called for them, also when the tag cannot be read any more. */
import { describe, expect, it } from 'vitest';
import { EVERY_KEY } from '../../../src/core/model/selection.ts';
import { aWatchPolicy, DAY_MS, WatchWorld } from '../../support/watch-world.ts';

const POLICY = aWatchPolicy({ selection: { ...EVERY_KEY, excludeTags: ['backup=never'] } });

/** A world in which a scan has seen a key without a backup, tagged to have none. */
async function tagged(): Promise<WatchWorld> {
  const world = new WatchWorld({ retentionDays: 20, purgeProtection: false });
  world.policy = POLICY;
  world.hsm.createKey('orders', { tags: { owner: 'nobody', backup: 'never' } });
  await world.scan();
  return world;
}

function silence(world: WatchWorld): void {
  world.hsm.faults.fail('listKeys', world.fault('hsm-unreachable'), { times: 1_000 });
}

function pending(world: WatchWorld) {
  return world.events('HsmWarden.PurgePending').map(({ data }) => [data.coverage, data.severity]);
}

describe('a key left out by a tag', () => {
  it('counts as left out while its HSM is out of reach', async () => {
    const world = await tagged();
    world.hsm.deleteKey('orders');
    await world.scan();
    silence(world);
    await world.clock.advance(6 * DAY_MS);
    await world.scan();

    expect(pending(world)).toEqual([['excluded', 'notice']]);
  });

  it('counts as left out when it is purged', async () => {
    const world = await tagged();
    world.hsm.deleteKey('orders');
    await world.scan();
    world.hsm.purgeKey('orders');
    await world.scan();

    expect(world.events('HsmWarden.KeyPurged')[0]?.data).toMatchObject({
      coverage: 'excluded',
      severity: 'warning',
    });
  });

  it('counts as left out when it is deleted and purged between two scans', async () => {
    const world = await tagged();
    world.hsm.deleteKey('orders');
    world.hsm.purgeKey('orders');
    await world.scan();

    expect(world.events('HsmWarden.KeyPurged')[0]?.data).toMatchObject({ coverage: 'excluded' });
  });

  it('is left out no more when the settings change, though its HSM is out of reach', async () => {
    const world = await tagged();
    world.hsm.deleteKey('orders');
    await world.scan();
    silence(world);
    world.policy = aWatchPolicy();
    await world.clock.advance(6 * DAY_MS);
    await world.scan();

    expect(pending(world)).toEqual([['none', 'high']]);
  });

  it('is left out from when a scan sees it under settings that say so', async () => {
    const world = await tagged();
    world.policy = aWatchPolicy();
    world.hsm.deleteKey('orders');
    await world.scan();
    world.policy = POLICY;
    await world.scan();
    silence(world);
    await world.clock.advance(6 * DAY_MS);
    await world.scan();

    expect(pending(world)).toEqual([['excluded', 'notice']]);
  });

  it('is remembered with that tag alone, not with those that decide nothing', async () => {
    const world = await tagged();

    expect((await world.memory()).keys.orders).toMatchObject({ tags: { backup: 'never' } });
    expect((await world.memory()).keys.orders?.tags).not.toHaveProperty('owner');
  });
});

describe('a key managed by another service', () => {
  it('counts as left out while its HSM is out of reach', async () => {
    const world = new WatchWorld({ retentionDays: 20 });
    world.hsm.createKey('theirs', { managed: true });
    world.hsm.deleteKey('theirs');
    await world.scan();
    silence(world);
    await world.clock.advance(6 * DAY_MS);
    await world.scan();

    expect(pending(world)).toEqual([['excluded', 'notice']]);
  });
});
