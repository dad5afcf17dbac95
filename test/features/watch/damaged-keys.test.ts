/** A key whose last good backup was damaged is watched until it has one that was taken after that. */
import { describe, expect, it } from 'vitest';
import type { StoredBackup } from '../../../src/core/ports.ts';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { exchangeBackups } from '../../../src/features/recovery-points/save-backups.ts';
import { reportDamage } from '../../../src/features/verify/report-damage.ts';
import { announce, publishOutbox } from '../../../src/features/watch/outbox.ts';
import { MemoryWorkQueue } from '../../support/memory/memory-work-queue.ts';
import { HOUR_MS, MINUTE_MS, WatchWorld } from '../../support/watch-world.ts';

async function aWorld() {
  const world = new WatchWorld();
  world.hsm.createKey('orders');
  await world.clock.advance(HOUR_MS);
  await world.backUp('orders');
  await world.scan();
  await world.clock.advance(HOUR_MS);
  return world;
}

async function backupsOf(world: WatchWorld): Promise<readonly StoredBackup[]> {
  const all: StoredBackup[] = [];
  for await (const page of world.backups.list('contoso', 'orders')) all.push(...page);
  return all;
}

/** The verification finds every backup of the key damaged. */
async function damageAll(world: WatchWorld): Promise<void> {
  const deps = { ...world.deps, backups: world.backups, queue: new MemoryWorkQueue(world.clock) };
  for (const { blob } of await backupsOf(world)) world.backups.damage(blob, new Uint8Array([1]));
  const damaged = (await backupsOf(world)).map((backup) => ({ backup, reason: 'its hash is another' }));
  const posted = await reportDamage(deps, 'contoso', damaged, new AbortController().signal);
  await publishOutbox(world.deps, 'contoso', posted);
}

function replaced(world: WatchWorld) {
  return world.events('HsmWarden.BackupReplaced').map(({ data }) => data);
}

describe('a key without a good backup', () => {
  it('has one again when it was backed up since, which is reported once', async () => {
    const world = await aWorld();
    await damageAll(world);
    await world.scan();
    expect(replaced(world)).toEqual([]);

    await world.clock.advance(MINUTE_MS);
    await world.backUp('orders');
    await world.scan();
    await world.scan();

    const entry = (await readCatalogue(world.state, 'contoso')).keys.orders;
    expect(replaced(world)).toMatchObject([{ key: 'orders', backup: { blob: entry?.blob } }]);
  });

  it('has none because the catalogue names one of before', async () => {
    const world = await aWorld();
    const [older] = await backupsOf(world);
    await damageAll(world);
    await exchangeBackups(world.state, 'contoso', [{ key: 'orders', blob: 'none', replacement: older }]);
    await world.scan();
    expect(replaced(world)).toEqual([]);
  });
});

it('a damaged backup besides a good one needs no end', async () => {
  const world = await aWorld();
  const [good] = await backupsOf(world);
  if (good === undefined) throw new Error('no backup');
  const { blob, record } = good;
  const at = new Date(world.clock.now()).toISOString();
  const data = { hsm: 'contoso', key: 'orders', severity: 'high' as const, blob: 'another', reason: 'gone' };
  const backup = { blob, capturedAt: at, sha256: record.sha256 };
  const times = { capturedAt: at, noticedAt: at, expectedSha256: record.sha256 };
  await announce(world.deps, 'contoso', [
    { kind: 'backup-damaged', discriminator: 'x', data: { ...data, ...times, backup } },
  ]);
  await world.clock.advance(HOUR_MS);
  await world.backUp('orders');
  await world.scan();
  expect(replaced(world)).toEqual([]);
});
