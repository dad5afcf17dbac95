/** Scans keys that are nowhere: which of them are purged, and what nothing is concluded from. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { HOUR_MS, MINUTE_MS, settledWorld, WatchWorld } from '../../support/watch-world.ts';

describe('a scan of vanished keys', () => {
  it('reports an early purge, and that nothing can bring back a key without a backup', async () => {
    const world = new WatchWorld({ purgeProtection: false });
    world.hsm.createKey('secret');
    world.hsm.deleteKey('secret');
    await world.scan();
    world.hsm.purgeKey('secret');
    await world.scan();

    expect(world.reports).toEqual(['KeyDeleted secret', 'PurgeProtectionOff', 'KeyPurged secret']);
    expect(world.events('HsmWarden.KeyPurged')[0]?.data).toMatchObject({
      recoverable: 'lost',
      severity: 'critical',
    });
  });

  it('finds a key that was made, backed up, deleted and purged between two scans through the catalogue', async () => {
    const world = await settledWorld();
    world.hsm.createKey('brief');
    await world.backUp('brief');
    world.hsm.deleteKey('brief');
    world.hsm.purgeKey('brief');
    await world.scan();
    await world.scan();

    expect(world.reports).toEqual(['KeyPurged brief']);
    expect(world.events('HsmWarden.KeyPurged')[0]?.data).toMatchObject({
      foundBy: 'catalogue',
      recoverable: 'restore',
    });
  });

  it('finds a key that was made, deleted and purged between two scans through the audit log', async () => {
    const world = await settledWorld();
    world.hsm.createKey('brief');
    world.hsm.deleteKey('brief');
    world.hsm.purgeKey('brief');
    const purges = [{ key: 'brief', at: world.clock.now(), caller: { upn: 'mallory@contoso.com' } }];
    await world.scan({ purges });
    await world.scan({ purges });

    expect(world.reports).toEqual(['KeyPurged brief']);
    expect(world.events('HsmWarden.KeyPurged')[0]?.data).toMatchObject({
      foundBy: 'audit-log',
      recoverable: 'lost',
      purgedBy: { upn: 'mallory@contoso.com' },
    });
  });

  it('does not report a purge again when its audit record comes ten minutes later', async () => {
    const world = await settledWorld({ purgeProtection: false });
    world.hsm.deleteKey('orders');
    await world.scan();
    const at = world.clock.now();
    world.hsm.purgeKey('orders');
    await world.scan();
    await world.clock.advance(10 * MINUTE_MS);
    const reported = await world.during(() => world.scan({ purges: [{ key: 'orders', at, caller: {} }] }));

    expect(reported).toEqual([]);
  });

  it('reports the purge of a key whose name is in use again, and does not count the old backup for the new key', async () => {
    const world = await settledWorld({ purgeProtection: false });
    await world.clock.advance(MINUTE_MS);
    world.hsm.deleteKey('orders');
    world.hsm.purgeKey('orders');
    world.hsm.createKey('orders');
    await world.scan();
    expect(world.reports).toEqual(['PurgeProtectionOff', 'KeyPurged orders']);

    await world.clock.advance(2 * HOUR_MS);
    expect(await world.during(() => world.scan())).toEqual(['KeyUnprotected orders']);
  });

  it('takes a restored key for what it is: the backups are its own', async () => {
    const world = await settledWorld({ purgeProtection: false });
    world.hsm.deleteKey('orders');
    await world.scan();
    world.hsm.purgeKey('orders');
    await world.scan();
    const [blob = ''] = world.backups.blobs;
    await world.deps.keys.restoreKey(await world.backups.read(blob));
    await world.clock.advance(2 * HOUR_MS);

    expect(await world.during(() => world.scan())).toEqual([]);
  });

  it('says nothing of a key that moves between the two lists while they are read', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.scan();
    world.hsm.faults.plant({
      operation: 'listDeletedKeys',
      act: async () => void (await world.deps.keys.recoverKey('orders')),
    });

    expect(await world.during(() => world.scan())).toEqual(['KeyRecovered orders']);
  });

  it('says nothing of a key that moves between the direct reads', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.scan();
    const key = world.hsm.deleted.get('orders');
    world.hsm.faults.plant({
      operation: 'listDeletedKeys',
      act: () => void world.hsm.deleted.delete('orders'),
    });
    world.hsm.faults.plant({
      operation: 'getKey',
      act: () => {
        if (key !== undefined) world.hsm.deleted.set('orders', key);
      },
    });

    expect(await world.during(() => world.scan())).toEqual([]);
  });

  it.each(['hsm-throttled', 'hsm-unavailable', 'hsm-answer-unexpected'] as const)(
    'concludes nothing from %s on a direct read, and tries again',
    async (code) => {
      const world = await settledWorld({ purgeProtection: false });
      world.hsm.deleteKey('orders');
      await world.scan();
      world.hsm.purgeKey('orders');
      world.hsm.faults.fail('getDeletedKey', new WardenError(code, { message: 'planted' }), { times: 2 });

      expect(await world.during(() => world.scan())).toEqual([]);
      expect(await world.during(() => world.scan())).toEqual(['KeyPurged orders']);
    },
  );

  it('keeps the pin for the next scan when the store does not answer', async () => {
    const world = await settledWorld({ purgeProtection: false });
    world.hsm.deleteKey('orders');
    world.hsm.purgeKey('orders');
    world.backups.faults.fail('pin', new WardenError('storage-unavailable', { message: 'planted' }));
    await world.scan();
    expect(world.backups.blobs).toHaveLength(1);
    await world.scan();

    expect(world.backups.blobs.filter((blob) => blob.startsWith('pinned/'))).toHaveLength(1);
  });
});
