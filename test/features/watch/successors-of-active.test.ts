/** One name, several keys: what a scan says of a key where it remembers another that was active. */
import { describe, expect, it } from 'vitest';
import type { KeySignal } from '../../../src/features/watch/model/signals.ts';
import { afterDeletion, type Deed, purges, Succession } from '../../support/succession.ts';
import { HOUR_MS } from '../../support/watch-world.ts';

describe('a deleted key in the place of an active key', () => {
  /** A backed-up key seen active; then its deletion and purge, and another key of its name, deleted too. */
  async function replaced(...between: readonly Deed[]) {
    const world = new Succession({ purgeProtection: false });
    await world.does('create', 'back up');
    await world.scan();
    const deletes: KeySignal[] = [];
    const purges: KeySignal[] = [];
    for (const deed of ['delete', 'purge', ...between, 'delete'] as const) {
      await world.does(deed);
      const reported = { key: 'orders', at: world.clock.now(), caller: {} };
      if (deed === 'delete') deletes.push(reported);
      if (deed === 'purge') purges.push(reported);
    }
    return { world, signals: { deletes, purges } };
  }

  it('made after a purge that the audit log reports: the backups of the key before it do not count as its own', async () => {
    const { world, signals } = await replaced('create');

    expect(await world.during(() => world.scan(signals))).toEqual(['KeyPurged orders', 'KeyDeleted orders']);
    expect(purges(world)).toMatchObject([{ recoverable: 'restore', backup: { blob: world.taken[0] } }]);
    expect(world.events('HsmWarden.KeyDeleted')[0]?.data).toMatchObject({
      coverage: 'none',
      afterPurge: 'lost',
    });
    await world.does('purge');
    await world.scan();
    expect(purges(world)[1]).toMatchObject({ coverage: 'none', recoverable: 'lost' });
  });

  it('and backed up meanwhile: the purge names the backup of the key that was purged', async () => {
    const { world, signals } = await replaced('create', 'back up');

    expect(await world.during(() => world.scan(signals))).toEqual(['KeyPurged orders', 'KeyDeleted orders']);
    expect(purges(world)).toMatchObject([{ recoverable: 'restore', backup: { blob: world.taken[0] } }]);
  });

  it('and backed up meanwhile, where the key that was purged never was: it is lost', async () => {
    const world = new Succession({ purgeProtection: false });
    await world.does('create');
    await world.scan();
    await world.does('delete', 'purge');
    const record = [{ key: 'orders', at: world.clock.now(), caller: {} }];
    await world.does('create', 'back up', 'delete');
    await world.scan({ purges: record });

    expect(purges(world)).toMatchObject([{ recoverable: 'lost' }]);
  });

  it('the same when no scan had seen the name, only its backup was known', async () => {
    const world = new Succession({ purgeProtection: false });
    await world.scan();
    await world.does('create', 'back up', 'delete', 'purge');
    const record = [{ key: 'orders', at: world.clock.now(), caller: {} }];
    await world.does('create', 'delete');
    await world.scan({ purges: record });

    expect(world.events('HsmWarden.KeyDeleted')[0]?.data).toMatchObject({ coverage: 'none' });
  });

  it('made after a second purge, when the log reports that with the late record of the first', async () => {
    const world = await afterDeletion();
    const record = () => ({ key: 'orders', at: world.clock.now(), caller: {} });
    await world.does('purge');
    const first = record();
    await world.scan();
    await world.does('create', 'back up');
    await world.scan();
    await world.does('delete', 'purge');
    const second = record();
    await world.does('create', 'delete');
    await world.scan({ purges: [first, second] });

    expect(world.events('HsmWarden.KeyDeleted').at(-1)?.data).toMatchObject({ coverage: 'none' });
    await world.does('purge');
    await world.scan();
    expect(purges(world).at(-1)).toMatchObject({ recoverable: 'lost' });
  });

  it('made and backed up after a purge: its own backup counts', async () => {
    const { world, signals } = await replaced('create', 'back up');
    await world.scan(signals);

    expect(world.events('HsmWarden.KeyDeleted')[0]?.data).toMatchObject({
      coverage: 'complete',
      backup: { blob: world.taken[1] },
    });
  });

  it('restored after a purge: the backup that it came from counts', async () => {
    const { world, signals } = await replaced('restore');
    await world.scan(signals);

    expect(world.events('HsmWarden.KeyDeleted')[0]?.data).toMatchObject({ coverage: 'complete' });
  });

  it('is the key remembered when the purge in the log is older than that: its older backup still counts', async () => {
    const world = new Succession({ purgeProtection: false });
    await world.does('create', 'delete', 'purge');
    const record = [{ key: 'orders', at: world.clock.now(), caller: {} }];
    await world.does('create', 'back up', 'create');
    await world.scan();
    await world.does('delete');
    await world.scan({ purges: record });

    expect(world.events('HsmWarden.KeyDeleted')[0]?.data).toMatchObject({ coverage: 'partial' });
  });
});

describe('an active key in the place of another', () => {
  it('backed up already: the purge names the backup of the key that is gone', async () => {
    const world = new Succession({ purgeProtection: false });
    await world.does('create', 'back up');
    await world.scan();
    await world.does('delete', 'purge', 'create', 'back up');
    await world.scan();

    expect(purges(world)).toMatchObject([{ coverage: 'complete', recoverable: 'restore' }]);
    expect(purges(world)[0]?.backup?.blob).toBe(world.taken[0]);
    await world.clock.advance(2 * HOUR_MS);
    expect(await world.during(() => world.scan())).toEqual([]);
  });

  it('after a deletion that was seen, and backed up already: the same', async () => {
    const world = await afterDeletion();
    await world.does('purge', 'create', 'back up');
    await world.scan();

    expect(purges(world)[0]?.backup?.blob).toBe(world.taken[0]);
    expect(purges(world)[0]).not.toHaveProperty('presumed');
  });
});
