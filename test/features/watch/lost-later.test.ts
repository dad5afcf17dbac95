/** Keys whose backup went after their purge: lost from then on, until it is there again, and never forgotten. */
import { describe, expect, it } from 'vitest';
import { EVERY_KEY } from '../../../src/core/model/selection.ts';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { exchangeBackups, saveBackups } from '../../../src/features/recovery-points/save-backups.ts';
import { lostFindings } from '../../../src/features/watch/model/lost-findings.ts';
import { aWatchPolicy, DAY_MS, settledWorld, type WatchWorld } from '../../support/watch-world.ts';

async function purged(): Promise<WatchWorld> {
  const world = await settledWorld();
  world.hsm.deleteKey('orders');
  await world.scan();
  await world.clock.advance(91 * DAY_MS);
  await world.scan();
  return world;
}

const lost = async (world: WatchWorld) =>
  lostFindings(await world.memory()).map((finding) => [finding.key, finding.lost]);

/** Takes the backup out of the catalogue; what puts it back is returned. */
async function takeBackup(world: WatchWorld) {
  const entry = (await readCatalogue(world.state, 'contoso')).keys.orders;
  if (entry === undefined) throw new Error('expected a backup');
  await exchangeBackups(world.state, 'contoso', [
    { key: 'orders', blob: entry.blob, replacement: undefined },
  ]);
  return () => saveBackups(world.state, 'contoso', [entry]);
}

/** How many purged keys that a backup brings back the newest scan says are not back. */
async function counted(world: WatchWorld): Promise<unknown> {
  await world.scan();
  return world.logger.lines.findLast(({ message }) => message === 'watch looked')?.fields.purgedKeys;
}

describe('a purged key that a backup brings back', () => {
  it('is counted by each scan for 14 days, and not while it is lost', async () => {
    const world = await purged();
    expect(await counted(world)).toBe(1);
    const putBack = await takeBackup(world);
    expect(await counted(world)).toBe(0);
    await putBack();
    await world.clock.advance(12 * DAY_MS);
    expect(await counted(world)).toBe(1);
    await world.clock.advance(2 * DAY_MS);
    expect(await counted(world)).toBe(0);
  });

  it('is counted no more once a key of its name is there', async () => {
    const world = await purged();
    world.hsm.createKey('orders');

    expect(await counted(world)).toBe(0);
  });
});

describe('a purged key whose backup went', () => {
  it('is lost from the next scan on, once, and lost no more when the backup is there again', async () => {
    const world = await purged();
    expect(await lost(world)).toEqual([]);
    const putBack = await takeBackup(world);
    await world.scan();
    expect(await lost(world)).toEqual([['orders', 'key']]);
    const [finding] = lostFindings(await world.memory());
    await world.scan();
    expect(lostFindings(await world.memory())).toEqual([finding]);
    await putBack();
    await world.scan();

    expect(await lost(world)).toEqual([]);
  });

  it.each([0, 300])('is not forgotten when the purge was %i days ago', async (days) => {
    const world = await purged();
    await world.clock.advance(days * DAY_MS);
    await takeBackup(world);
    await world.scan();
    await world.clock.advance(300 * DAY_MS);
    await world.scan();

    expect(await lost(world)).toEqual([['orders', 'key']]);
  });

  it('stays lost when a key of the same name is made, backed up and purged', async () => {
    const world = await purged();
    await takeBackup(world);
    await world.scan();
    world.hsm.createKey('orders');
    await world.backUp('orders');
    await world.scan();
    expect(await lost(world)).toEqual([['orders', 'key']]);
    world.hsm.deleteKey('orders');
    await world.scan();
    await world.clock.advance(91 * DAY_MS);
    await world.scan();

    expect(await lost(world)).toEqual([['orders', 'key']]);
  });

  it('is not lost when the settings leave it out by its name', async () => {
    const world = await purged();
    world.policy = aWatchPolicy({ selection: { ...EVERY_KEY, exclude: ['ord*'] } });
    await takeBackup(world);
    await world.scan();

    expect(await lost(world)).toEqual([]);
  });
});
