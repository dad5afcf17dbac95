/** One name, several keys: what a scan says of a deleted key where it remembers another, or another deletion. */
import { describe, expect, it } from 'vitest';
import { afterDeletion, purges, Succession } from '../../support/succession.ts';
import { DAY_MS, MINUTE_MS } from '../../support/watch-world.ts';

describe('a deleted key in the place of a deleted key', () => {
  it('made after a purge between two scans: the purge is reported with the backup that restores, then the new deletion', async () => {
    const world = await afterDeletion();
    await world.does('purge', 'create', 'delete');

    expect(await world.during(() => world.scan())).toEqual(['KeyPurged orders', 'KeyDeleted orders']);
    expect(purges(world)).toMatchObject([
      { foundBy: 'look', presumed: true, recoverable: 'restore', coverage: 'complete' },
    ]);
    expect(purges(world)[0]?.backup?.blob).toBe(world.taken[0]);
    expect(world.backups.blobs).toContain(`pinned/${world.taken[0]}`);
    expect(await world.during(() => world.scan())).toEqual([]);
  });

  it('made after the key came back, was backed up, and was purged after all: the purge is reported, and presumed', async () => {
    const world = await afterDeletion();
    await world.does('recover', 'back up', 'delete', 'purge', 'create', 'delete');

    expect(await world.during(() => world.scan())).toContain('KeyPurged orders');
    expect(purges(world)).toMatchObject([{ presumed: true, recoverable: 'restore' }]);
  });

  it('made after a purge: the backups of the key before it do not count as its own', async () => {
    const world = await afterDeletion();
    await world.does('purge', 'create', 'delete');
    await world.scan();

    expect(world.events('HsmWarden.KeyDeleted')[1]?.data).toMatchObject({
      coverage: 'none',
      afterPurge: 'lost',
    });
  });

  it('made and backed up after a purge: that is proof, and each key has its own backup', async () => {
    const world = await afterDeletion();
    await world.does('purge', 'create', 'back up', 'delete');
    await world.scan();

    const [purged] = purges(world);
    expect(purged).not.toHaveProperty('presumed');
    expect(purged?.backup?.blob).toBe(world.taken[0]);
    const [, second] = world.events('HsmWarden.KeyDeleted');
    expect(second?.data).toMatchObject({ coverage: 'complete', backup: { blob: world.taken[1] } });
  });

  it('restored from an older backup: it has lost a version, which no key does that was never purged', async () => {
    const world = new Succession({ purgeProtection: false });
    await world.does('create', 'back up', 'create', 'back up');
    await world.scan();
    await world.does('delete');
    await world.scan();
    await world.does('purge', 'restore', 'delete');

    expect(await world.during(() => world.scan())).toEqual(['KeyPurged orders', 'KeyDeleted orders']);
    expect(purges(world)[0]).not.toHaveProperty('presumed');
  });

  it('made after the end of a retention that nobody saw: reported, too', async () => {
    const world = await afterDeletion({ purgeProtection: true, retentionDays: 7 });
    await world.clock.advance(7 * DAY_MS);
    world.hsm.expire();
    await world.does('create', 'delete');

    expect(await world.during(() => world.scan())).toContain('KeyPurged orders');
  });

  it.each([
    ['recovered and deleted again, purge protection or not', false, ['recover', 'delete']],
    ['recovered, rotated and deleted again under purge protection', true, ['recover', 'create', 'delete']],
    ['recovered, rotated, backed up and deleted again', false, ['recover', 'create', 'back up', 'delete']],
    ['recovered, backed up and deleted again', false, ['recover', 'back up', 'delete']],
  ] as const)('%s is the same: recovered, not purged', async (_name, purgeProtection, deeds) => {
    const world = await afterDeletion({ purgeProtection });
    await world.does(...deeds);

    expect(await world.during(() => world.scan())).toEqual(['KeyRecovered orders', 'KeyDeleted orders']);
  });

  it('recovered, rotated and deleted again is the same when the audit log reported that deletion and no purge', async () => {
    const world = await afterDeletion();
    await world.does('recover', 'create', 'delete');
    const deletes = [{ key: 'orders', at: world.clock.now(), caller: {} }];

    expect(await world.during(() => world.scan({ deletes }))).toEqual([
      'KeyRecovered orders',
      'KeyDeleted orders',
    ]);
  });

  it.each([
    ['a second before the end of its retention: it is the same', -1_000, 'KeyRecovered orders'],
    ['at the end of its retention: it may be another', 0, 'KeyPurged orders'],
    ['a second after the end of its retention: it may be another', 1_000, 'KeyPurged orders'],
  ])('recovered, and rotated %s, whatever the audit log reported', async (_name, past, event) => {
    const world = await afterDeletion({ retentionDays: 7 });
    await world.clock.advance(7 * DAY_MS + past - 2 * MINUTE_MS);
    await world.does('recover', 'create', 'delete');
    const deletes = [{ key: 'orders', at: world.clock.now(), caller: {} }];

    const told = await world.during(() => world.scan({ deletes }));
    expect(told.slice(0, 2)).toEqual([event, 'KeyDeleted orders']);
  });

  it('made after a purge that the audit log reports: proven, and its late repeat is no second purge', async () => {
    const world = await afterDeletion();
    await world.does('purge');
    const record = [{ key: 'orders', at: world.clock.now(), caller: {} }];
    await world.does('create', 'delete');

    expect(await world.during(() => world.scan({ purges: record }))).toEqual([
      'KeyPurged orders',
      'KeyDeleted orders',
    ]);
    expect(purges(world)[0]).not.toHaveProperty('presumed');
    expect(await world.during(() => world.scan({ purges: record }))).toEqual([]);
  });

  it('made after a purge whose record comes ten minutes later: reported once', async () => {
    const world = await afterDeletion();
    await world.does('purge');
    const record = [{ key: 'orders', at: world.clock.now(), caller: {} }];
    await world.does('create', 'delete');
    await world.scan();
    await world.clock.advance(10 * MINUTE_MS);

    expect(await world.during(() => world.scan({ purges: record }))).toEqual([]);
  });

  it('is not judged while it cannot be read, and then with what the audit log had reported', async () => {
    const world = await afterDeletion();
    await world.does('recover', 'create', 'delete');
    const deletes = [{ key: 'orders', at: world.clock.now(), caller: {} }];
    world.hsm.faults.fail('getDeletedKey', world.fault('hsm-throttled'), { times: 2 });

    expect(await world.during(() => world.scan({ deletes }))).toEqual([]);
    expect(await world.during(() => world.scan())).toContain('KeyRecovered orders');
  });
});
