/** One name, several keys: what a look says when it finds another key, or another deletion, than it remembers. */
import { describe, expect, it } from 'vitest';
import type { MemoryHsmOptions } from '../../../src/adapters/memory/memory-hsm.ts';
import type { KeySignal } from '../../../src/engine/watch/observation.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, WatchWorld } from '../../support/watch-world.ts';

type Deed = 'create' | 'delete' | 'purge' | 'recover' | 'back up' | 'restore';

class Succession extends WatchWorld {
  /** Does one thing after the other to the key orders, a minute apart: the service counts seconds. */
  async does(...deeds: readonly Deed[]): Promise<void> {
    for (const deed of deeds) {
      await this.clock.advance(MINUTE_MS);
      await this.#do(deed);
    }
  }

  /** Blobs of the backups, in the order in which they were taken. */
  get taken(): readonly string[] {
    return this.backups.blobs.filter((blob) => !blob.startsWith('pinned/'));
  }

  async #do(deed: Deed): Promise<void> {
    switch (deed) {
      case 'create':
        this.hsm.createKey('orders');
        return;
      case 'delete':
        this.hsm.deleteKey('orders');
        return;
      case 'purge':
        this.hsm.purgeKey('orders');
        return;
      case 'recover':
        await this.deps.keys.recoverKey('orders');
        return;
      case 'back up':
        await this.backUp('orders');
        return;
      case 'restore':
        await this.deps.keys.restoreKey(await this.backups.read(this.taken[0] ?? ''));
        return;
    }
  }
}

/** A world in which a look has seen a backed-up key deleted. */
async function afterDeletion(options: Partial<MemoryHsmOptions> = {}): Promise<Succession> {
  const world = new Succession({ purgeProtection: false, ...options });
  await world.does('create', 'back up');
  await world.look();
  await world.does('delete');
  await world.look();
  return world;
}

function purges(world: Succession) {
  return world.events('HsmWarden.KeyPurged').map(({ data }) => data);
}

describe('a deleted key in the place of a deleted key', () => {
  it('made after a purge between two looks: the purge is told with the backup that restores, then the new deletion', async () => {
    const world = await afterDeletion();
    await world.does('purge', 'create', 'delete');

    expect(await world.during(() => world.look())).toEqual(['KeyPurged orders', 'KeyDeleted orders']);
    expect(purges(world)).toMatchObject([
      { foundBy: 'look', presumed: true, recoverable: 'restore', coverage: 'complete' },
    ]);
    expect(purges(world)[0]?.backup?.blob).toBe(world.taken[0]);
    expect(world.backups.blobs).toContain(`pinned/${world.taken[0]}`);
    expect(await world.during(() => world.look())).toEqual([]);
  });

  it('made after the key came back, was backed up, and was purged after all: the purge is told, and presumed', async () => {
    const world = await afterDeletion();
    await world.does('recover', 'back up', 'delete', 'purge', 'create', 'delete');

    expect(await world.during(() => world.look())).toContain('KeyPurged orders');
    expect(purges(world)).toMatchObject([{ presumed: true, recoverable: 'restore' }]);
  });

  it('made after a purge: the backups of the key before it do not count as its own', async () => {
    const world = await afterDeletion();
    await world.does('purge', 'create', 'delete');
    await world.look();

    expect(world.events('HsmWarden.KeyDeleted')[1]?.data).toMatchObject({
      coverage: 'none',
      afterPurge: 'lost',
    });
  });

  it('made and backed up after a purge: that is proof, and each key has its own backup', async () => {
    const world = await afterDeletion();
    await world.does('purge', 'create', 'back up', 'delete');
    await world.look();

    const [purged] = purges(world);
    expect(purged).not.toHaveProperty('presumed');
    expect(purged?.backup?.blob).toBe(world.taken[0]);
    const [, second] = world.events('HsmWarden.KeyDeleted');
    expect(second?.data).toMatchObject({ coverage: 'complete', backup: { blob: world.taken[1] } });
  });

  it('restored from an older backup: it has lost a version, which no key does that was never purged', async () => {
    const world = new Succession({ purgeProtection: false });
    await world.does('create', 'back up', 'create', 'back up');
    await world.look();
    await world.does('delete');
    await world.look();
    await world.does('purge', 'restore', 'delete');

    expect(await world.during(() => world.look())).toEqual(['KeyPurged orders', 'KeyDeleted orders']);
    expect(purges(world)[0]).not.toHaveProperty('presumed');
  });

  it('made after the end of a retention that nobody saw: told, too', async () => {
    const world = await afterDeletion({ purgeProtection: true, retentionDays: 7 });
    await world.clock.advance(7 * DAY_MS);
    world.hsm.expire();
    await world.does('create', 'delete');

    expect(await world.during(() => world.look())).toContain('KeyPurged orders');
  });

  it.each([
    ['recovered and deleted again, purge protection or not', false, ['recover', 'delete']],
    ['recovered, rotated and deleted again under purge protection', true, ['recover', 'create', 'delete']],
    ['recovered, rotated, backed up and deleted again', false, ['recover', 'create', 'back up', 'delete']],
    ['recovered, backed up and deleted again', false, ['recover', 'back up', 'delete']],
  ] as const)('%s is the same: recovered, not purged', async (_name, purgeProtection, deeds) => {
    const world = await afterDeletion({ purgeProtection });
    await world.does(...deeds);

    expect(await world.during(() => world.look())).toEqual(['KeyRecovered orders', 'KeyDeleted orders']);
  });

  it('recovered, rotated and deleted again is the same when the audit log told that deletion and no purge', async () => {
    const world = await afterDeletion();
    await world.does('recover', 'create', 'delete');
    const deletes = [{ key: 'orders', at: world.clock.now(), caller: {} }];

    expect(await world.during(() => world.look({ deletes }))).toEqual([
      'KeyRecovered orders',
      'KeyDeleted orders',
    ]);
  });

  it('made after a purge that the audit log tells: proven, and its late repeat is no second purge', async () => {
    const world = await afterDeletion();
    await world.does('purge');
    const record = [{ key: 'orders', at: world.clock.now(), caller: {} }];
    await world.does('create', 'delete');

    expect(await world.during(() => world.look({ purges: record }))).toEqual([
      'KeyPurged orders',
      'KeyDeleted orders',
    ]);
    expect(purges(world)[0]).not.toHaveProperty('presumed');
    expect(await world.during(() => world.look({ purges: record }))).toEqual([]);
  });

  it('made after a purge whose record comes ten minutes later: told once', async () => {
    const world = await afterDeletion();
    await world.does('purge');
    const record = [{ key: 'orders', at: world.clock.now(), caller: {} }];
    await world.does('create', 'delete');
    await world.look();
    await world.clock.advance(10 * MINUTE_MS);

    expect(await world.during(() => world.look({ purges: record }))).toEqual([]);
  });

  it('is not judged while it cannot be read, and then with what the audit log had told', async () => {
    const world = await afterDeletion();
    await world.does('recover', 'create', 'delete');
    const deletes = [{ key: 'orders', at: world.clock.now(), caller: {} }];
    world.hsm.faults.fail('getDeletedKey', world.fault('hsm-throttled'), { times: 2 });
    const told = await world.during(async () => {
      await expect(world.look({ deletes })).rejects.toMatchObject({ code: 'hsm-answer-unexpected' });
    });

    expect(told).toEqual([]);
    expect(await world.during(() => world.look({ deletes }))).toContain('KeyRecovered orders');
  });
});

describe('a deleted key in the place of an active key', () => {
  /** A backed-up key seen active; then its deletion and purge, and another key of its name, deleted too. */
  async function replaced(...between: readonly Deed[]) {
    const world = new Succession({ purgeProtection: false });
    await world.does('create', 'back up');
    await world.look();
    const deletes: KeySignal[] = [];
    const purges: KeySignal[] = [];
    for (const deed of ['delete', 'purge', ...between, 'delete'] as const) {
      await world.does(deed);
      const told = { key: 'orders', at: world.clock.now(), caller: {} };
      if (deed === 'delete') deletes.push(told);
      if (deed === 'purge') purges.push(told);
    }
    return { world, signals: { deletes, purges } };
  }

  it('made after a purge that the audit log tells: the backups of the key before it do not count as its own', async () => {
    const { world, signals } = await replaced('create');

    expect(await world.during(() => world.look(signals))).toEqual(['KeyPurged orders', 'KeyDeleted orders']);
    expect(purges(world)).toMatchObject([{ recoverable: 'restore', backup: { blob: world.taken[0] } }]);
    expect(world.events('HsmWarden.KeyDeleted')[0]?.data).toMatchObject({
      coverage: 'none',
      afterPurge: 'lost',
    });
    await world.does('purge');
    await world.look();
    expect(purges(world)[1]).toMatchObject({ coverage: 'none', recoverable: 'lost' });
  });

  it('and backed up meanwhile: the purge names the backup of the key that was purged', async () => {
    const { world, signals } = await replaced('create', 'back up');

    expect(await world.during(() => world.look(signals))).toEqual(['KeyPurged orders', 'KeyDeleted orders']);
    expect(purges(world)).toMatchObject([{ recoverable: 'restore', backup: { blob: world.taken[0] } }]);
  });

  it('and backed up meanwhile, where the key that was purged never was: it is lost', async () => {
    const world = new Succession({ purgeProtection: false });
    await world.does('create');
    await world.look();
    await world.does('delete', 'purge');
    const record = [{ key: 'orders', at: world.clock.now(), caller: {} }];
    await world.does('create', 'back up', 'delete');
    await world.look({ purges: record });

    expect(purges(world)).toMatchObject([{ recoverable: 'lost' }]);
  });

  it('the same when no look had seen the name, only its backup was known', async () => {
    const world = new Succession({ purgeProtection: false });
    await world.look();
    await world.does('create', 'back up', 'delete', 'purge');
    const record = [{ key: 'orders', at: world.clock.now(), caller: {} }];
    await world.does('create', 'delete');
    await world.look({ purges: record });

    expect(world.events('HsmWarden.KeyDeleted')[0]?.data).toMatchObject({ coverage: 'none' });
  });

  it('made after a second purge, when the log tells that with the late record of the first', async () => {
    const world = await afterDeletion();
    const record = () => ({ key: 'orders', at: world.clock.now(), caller: {} });
    await world.does('purge');
    const first = record();
    await world.look();
    await world.does('create', 'back up');
    await world.look();
    await world.does('delete', 'purge');
    const second = record();
    await world.does('create', 'delete');
    await world.look({ purges: [first, second] });

    expect(world.events('HsmWarden.KeyDeleted').at(-1)?.data).toMatchObject({ coverage: 'none' });
    await world.does('purge');
    await world.look();
    expect(purges(world).at(-1)).toMatchObject({ recoverable: 'lost' });
  });

  it('made and backed up after a purge: its own backup counts', async () => {
    const { world, signals } = await replaced('create', 'back up');
    await world.look(signals);

    expect(world.events('HsmWarden.KeyDeleted')[0]?.data).toMatchObject({
      coverage: 'complete',
      backup: { blob: world.taken[1] },
    });
  });

  it('restored after a purge: the backup that it came from counts', async () => {
    const { world, signals } = await replaced('restore');
    await world.look(signals);

    expect(world.events('HsmWarden.KeyDeleted')[0]?.data).toMatchObject({ coverage: 'complete' });
  });

  it('is the key remembered when the purge in the log is older than that: its older backup still counts', async () => {
    const world = new Succession({ purgeProtection: false });
    await world.does('create', 'delete', 'purge');
    const record = [{ key: 'orders', at: world.clock.now(), caller: {} }];
    await world.does('create', 'back up', 'create');
    await world.look();
    await world.does('delete');
    await world.look({ purges: record });

    expect(world.events('HsmWarden.KeyDeleted')[0]?.data).toMatchObject({ coverage: 'partial' });
  });
});

describe('an active key in the place of another', () => {
  it('backed up already: the purge names the backup of the key that is gone', async () => {
    const world = new Succession({ purgeProtection: false });
    await world.does('create', 'back up');
    await world.look();
    await world.does('delete', 'purge', 'create', 'back up');
    await world.look();

    expect(purges(world)).toMatchObject([{ coverage: 'complete', recoverable: 'restore' }]);
    expect(purges(world)[0]?.backup?.blob).toBe(world.taken[0]);
    await world.clock.advance(2 * HOUR_MS);
    expect(await world.during(() => world.look())).toEqual([]);
  });

  it('after a deletion that was seen, and backed up already: the same', async () => {
    const world = await afterDeletion();
    await world.does('purge', 'create', 'back up');
    await world.look();

    expect(purges(world)[0]?.backup?.blob).toBe(world.taken[0]);
    expect(purges(world)[0]).not.toHaveProperty('presumed');
  });
});
