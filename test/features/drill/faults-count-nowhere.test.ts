/** What the key of the drills that must fail has sealed counts nowhere: with the same facts and a good key it would count everywhere. */
import { describe, expect, it } from 'vitest';
import type { StoredBackup } from '../../../src/core/ports.ts';
import { Recoveries } from '../../../src/features/recovery/request/recoveries.ts';
import { PointSeals, pointFacts } from '../../../src/features/recovery-points/point-seals.ts';
import { ProvenBackups } from '../../../src/features/recovery-points/proven-backups.ts';
import { saveBackups } from '../../../src/features/recovery-points/save-backups.ts';
import { failureOf } from '../../support/errors.ts';
import { MemorySealer } from '../../support/memory/memory-sealer.ts';
import { person } from '../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../support/recovery-world.ts';
import { SealedWorld } from '../../support/sealed-world.ts';
import { HOUR_MS } from '../../support/sweep-world.ts';

const RESOURCE = 'https://contoso.managedhsm.azure.net';

/** A store in which a newer backup of `alpha` lies under its name, with all right facts, sealed by `of`. */
async function planted(of: (world: SealedWorld) => MemorySealer) {
  const world = SealedWorld.of('alpha');
  await world.clock.advance(HOUR_MS);
  await world.sweep();
  const [own] = await world.stored('alpha');
  if (own === undefined) throw new Error('expected a backup');
  await world.clock.advance(HOUR_MS);
  const { seal: _, ...facts } = own.record;
  const record = { ...facts, capturedAt: world.clock.now() };
  const seal = await of(world).seal('recovery-point', pointFacts(RESOURCE, record));
  const stored = await world.plant(await world.backups.read(own.blob), { ...record, seal });
  // Whoever can write the store of the state has it in the catalogue, too.
  await saveBackups(world.state, 'contoso', [stored]);
  return { world, own, stored };
}

const byFaultKey = ({ clock }: SealedWorld) => new MemorySealer(clock, 'backup', 'drills that must fail');
/** With a seal that names the right deployment, by a key that is not pinned. */
const byUnpinnedKey = ({ clock }: SealedWorld) => new MemorySealer(clock, 'backup', 'test');

async function newestIn({ world, own }: { world: SealedWorld; own: StoredBackup }) {
  const fetched = world.proven.fetch({
    blob: (await world.recoveryPoints('alpha')).at(-1)?.blob ?? own.blob,
  });
  const known = await world.entry('alpha');
  const rebuilt = await world.rebuild();
  const after = await world.entry('alpha');
  return { listed: (await fetched).stored.blob, known: known?.blob, rebuilt, after: after?.blob };
}

describe('a newer backup of a key, with every fact right,', () => {
  it('counts when the key of the backup app has sealed it', async () => {
    const made = await planted(({ sealer }) => sealer);
    const { blob } = made.stored;

    expect(await newestIn(made)).toMatchObject({
      listed: blob,
      known: blob,
      after: blob,
      rebuilt: { backups: 2 },
    });
  });

  it.each([
    ['the key of the drills that must fail', byFaultKey],
    ['a key that nothing pins', byUnpinnedKey],
  ])(
    'is no recovery point when %s has sealed it: not listed, not fetched, not known to status, not rebuilt',
    async (_, of) => {
      const made = await planted(of);
      const { world, own, stored } = made;

      expect(await newestIn(made)).toMatchObject({
        listed: own.blob,
        // The catalogue's line of it does not count, so the key has none until the rebuild.
        known: undefined,
        after: own.blob,
        rebuilt: { backups: 1, unproven: 1 },
      });
      expect((await failureOf(world.proven.fetch(stored))).code).toBe('backup-unsealed');
    },
  );
});

it('no recovery can be asked for from a backup that the key of the drills that must fail has sealed', async () => {
  const world = await RecoveryWorld.withPurgedKey();
  const { clock } = world;
  const [backup] = await world.all('orders');
  const faults = new MemorySealer(clock, 'backup', 'drills that must fail');
  const main = new MemorySealer(clock, 'backup', 'test');
  const restoreWith = async (sealer: MemorySealer, pins: MemorySealer) => {
    const { seal: _, ...facts } = backup.record;
    const seal = await sealer.seal('recovery-point', pointFacts('https://contoso.test', facts));
    world.backups.overwrite(backup.blob, await world.backups.read(backup.blob), { seal });
    const seals = { pinned: async () => pins.pinned };
    const points = new PointSeals({ seals, resourceOf: (hsm) => `https://${hsm}.test`, clock });
    const backups = new ProvenBackups(world.backups, points, world.logger);
    const asked = { hsm: 'contoso', key: 'orders', action: 'restore', reason: 'lost' } as const;
    return new Recoveries({ ...world.deps(), points, backups }).open(person('alice'), asked);
  };

  expect((await failureOf(restoreWith(faults, main))).code).toBe('nothing-to-restore');
  expect((await restoreWith(main, main)).record).toMatchObject({
    state: 'requested',
    operation: { action: 'restore' },
  });
});
