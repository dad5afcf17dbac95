/** A backup that a clock a year ahead has made is not the newest for ever, and stops no run. */
import { describe, expect, it } from 'vitest';
import { EVERY_KEY } from '../../src/core/model/selection.ts';
import { DEFAULT_RETRY } from '../../src/core/retry.ts';
import { backUpSingleKey } from '../../src/features/backup/single-key.ts';
import { emptyCatalogue, mergeBackups, readCatalogue } from '../../src/features/recovery-points/catalogue.ts';
import { planKey } from '../../src/features/recovery-points/plan.ts';
import { saveBackups } from '../../src/features/recovery-points/save-backups.ts';
import { catalogueEntry, listedKey } from '../support/listed-key.ts';
import { RecoveryWorld } from '../support/recovery-world.ts';
import { SweepWorld } from '../support/sweep-world.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const NOW = catalogueEntry().record.capturedAt;

/** What a clock a year ahead made of the key at `NOW`. */
const AHEAD = { ...catalogueEntry({ capturedAt: NOW + YEAR_MS, blob: 'ahead' }), storedAt: NOW };

describe('a backup made by a clock a year ahead', () => {
  it.each([
    ['the later one, by the store', { ...catalogueEntry({ capturedAt: NOW + DAY_MS, blob: 'b' }) }, 'b'],
    ['the one with more versions, of two stored in one second', withVersions(2), 'more'],
    [
      'itself, before one that was stored earlier',
      catalogueEntry({ capturedAt: NOW - 1, blob: 'c' }),
      'ahead',
    ],
    [
      'itself, before the pinned copy of an older one that was made later',
      { ...catalogueEntry({ capturedAt: NOW - DAY_MS, blob: 'pinned/d' }), storedAt: NOW + DAY_MS },
      'ahead',
    ],
  ])('leaves the catalogue to %s, in any order', (_name, other, blob) => {
    for (const backups of [
      [AHEAD, other],
      [other, AHEAD],
    ]) {
      expect(mergeBackups(emptyCatalogue('contoso'), backups).keys.orders?.blob).toBe(blob);
    }
  });

  it('does not make a run skip its key', () => {
    const policy = { selection: EVERY_KEY, refreshMs: 7 * DAY_MS, nextRunAt: NOW + DAY_MS };

    expect(planKey(listedKey(), AHEAD.record, policy)).toEqual({ action: 'back-up', reason: 'refresh-due' });
  });

  it('makes no backup of a changed key wait for its time to come', async () => {
    const world = await SweepWorld.withKeys(0);
    world.hsm.createKey('orders');
    await world.clock.advance(10_000);
    const now = world.clock.now();
    const ahead = { ...catalogueEntry({ capturedAt: now + YEAR_MS }), storedAt: now - 1_000 };
    await saveBackups(world.state, 'contoso', [ahead]);

    const result = await backUpSingleKey(
      world.deps,
      { selection: EVERY_KEY, retry: DEFAULT_RETRY },
      { kind: 'key-backup', hsm: 'contoso', key: 'orders', reason: 'changed' },
      AbortSignal.timeout(60_000),
    );

    expect(result).toBe('backed-up');
    const { keys } = await readCatalogue(world.state, 'contoso');
    expect(keys.orders?.record.capturedAt).toBeLessThan(ahead.record.capturedAt);
  });

  it('is not what a restore chooses when a later one is there', async () => {
    const world = new RecoveryWorld();
    world.hsm.createKey('orders');
    const real = await world.backUp();
    const { bytes } = await world.backups.fetch(real);
    await world.backups.put({ ...real.record, capturedAt: world.clock.now() + YEAR_MS }, bytes);
    await world.clock.advance(60_000);
    world.hsm.createKey('orders');
    const latest = await world.backUp();
    world.hsm.deleteKey('orders');
    world.hsm.purgeKey('orders');

    const record = await world.approved();
    await world.deliver(record.id);

    expect(record.operation.backup?.blob).toBe(latest.blob);
    expect(world.stored(record.id).outcome).toMatchObject({ result: 'succeeded', versions: 2, verified: 2 });
  });
});

function withVersions(count: number) {
  const entry = catalogueEntry({ capturedAt: NOW, blob: 'more' });
  const versions = Array.from({ length: count }, (_, n) => ({ version: String(n).repeat(32) }));
  return { ...entry, record: { ...entry.record, versions } };
}
