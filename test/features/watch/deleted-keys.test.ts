/** Scans deleted keys: each deletion, threshold and recovery is reported once. */
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, settledWorld, WatchWorld } from '../../support/watch-world.ts';

describe('a scan of deleted keys', () => {
  it('says nothing but its heartbeat while nothing happens', async () => {
    const world = await settledWorld();
    await world.scan();

    expect(world.reports).toEqual([]);
    expect(world.topic.accepted.map(({ type }) => type)).toEqual([
      'HsmWarden.Heartbeat',
      'HsmWarden.Heartbeat',
    ]);
  });

  it('reports a deletion once, with its dates, its time left and what would bring the key back', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.scan();
    await world.scan();

    expect(world.reports).toEqual(['KeyDeleted orders']);
    expect(world.events('HsmWarden.KeyDeleted')[0]).toMatchObject({
      subject: 'hsms/contoso/keys/orders',
      data: {
        deletedAt: '2026-11-24T12:01:00.000Z',
        scheduledPurgeAt: '2027-02-22T12:01:00.000Z',
        secondsLeft: 90 * 86_400,
        recoverable: 'recover',
        afterPurge: 'restore',
        coverage: 'complete',
        versionsCovered: 1,
        versionsKnown: 1,
        severity: 'info',
      },
    });
  });

  it('calls coverage partial when the key was rotated after its last backup', async () => {
    const world = await settledWorld();
    await world.clock.advance(MINUTE_MS);
    world.hsm.createKey('orders');
    world.hsm.deleteKey('orders');
    await world.scan();

    expect(world.events('HsmWarden.KeyDeleted')[0]?.data).toMatchObject({
      coverage: 'partial',
      versionsCovered: 1,
      versionsKnown: 2,
      severity: 'warning',
      afterPurge: 'restore',
    });
  });

  it('says that a key without a backup will be lost', async () => {
    const world = new WatchWorld();
    world.hsm.createKey('secret');
    world.hsm.deleteKey('secret');
    await world.scan();

    expect(world.events('HsmWarden.KeyDeleted')[0]?.data).toMatchObject({
      coverage: 'none',
      severity: 'high',
      afterPurge: 'lost',
    });
  });

  it('names who deleted the key when the audit log reported', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    const caller = { upn: 'mallory@contoso.com', address: '203.0.113.7' };
    await world.scan({ deletes: [{ key: 'orders', at: world.clock.now(), caller }] });

    expect(world.events('HsmWarden.KeyDeleted')[0]?.data.deletedBy).toEqual(caller);
  });

  it.each([
    ['just before', 30 * DAY_MS + 1, []],
    ['at', 30 * DAY_MS, ['PurgePending orders']],
    ['after', 30 * DAY_MS - 1, ['PurgePending orders']],
  ])('%s the 30-day threshold', async (_name, left, expected) => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.scan();
    await world.clock.advance(90 * DAY_MS - left);

    expect(await world.during(() => world.scan())).toEqual(expect.arrayContaining(expected));
    expect(world.events('HsmWarden.PurgePending')).toHaveLength(expected.length);
  });

  it('reports every threshold once over ninety days, then the purge with the backup that restores it', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    for (let hours = 0; hours <= 90 * 24; hours += 2) {
      await world.scan();
      await world.clock.advance(2 * HOUR_MS);
    }
    await world.scan();

    const days = world.events('HsmWarden.PurgePending').map(({ data }) => data.thresholdSeconds / 86_400);
    expect(days).toEqual([30, 14, 7, 3, 1, 0.25]);
    const [purged] = world.events('HsmWarden.KeyPurged');
    expect(purged?.data).toMatchObject({
      recoverable: 'restore',
      foundBy: 'look',
      coverage: 'complete',
      severity: 'warning',
    });
    expect(world.backups.blobs).toContain(`pinned/${purged?.data.backup?.blob}`);
    expect((await world.memory()).pins).toEqual([]);
  });

  it('reports no threshold that is as long as the whole retention', async () => {
    const world = await settledWorld({ retentionDays: 7 });
    world.hsm.deleteKey('orders');
    await world.scan();

    expect(world.reports).toEqual(['KeyDeleted orders']);
  });

  it('reports a recovery', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.scan();
    await world.deps.keys.recoverKey('orders');
    await world.scan();
    await world.scan();

    expect(world.reports).toEqual(['KeyDeleted orders', 'KeyRecovered orders']);
  });

  it('reports a second deletion of a recovered key as one of its own', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.scan();
    await world.deps.keys.recoverKey('orders');
    await world.clock.advance(HOUR_MS);
    world.hsm.deleteKey('orders');
    await world.scan();

    expect(world.reports).toEqual(['KeyDeleted orders', 'KeyRecovered orders', 'KeyDeleted orders']);
  });
});
