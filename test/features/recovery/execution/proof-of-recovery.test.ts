/** Which backup proves a recovered key: one of this very key, taken before the deletion that is undone. */
import { describe, expect, it } from 'vitest';
import { CLAIM_MS } from '../../../../src/features/recovery/execution/execute.ts';
import { KillSwitch } from '../../../support/kill-switch.ts';
import { newestVersion } from '../../../support/memory/memory-hsm.ts';
import { HOUR_MS } from '../../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

/** A key `orders` that was backed up and purged; another was made since under its name, and is deleted without a backup. */
async function namesake(keyType: 'RSA-HSM' | 'oct-HSM' = 'RSA-HSM') {
  const world = await RecoveryWorld.withBackup(keyType);
  world.hsm.deleteKey('orders');
  world.hsm.purgeKey('orders');
  await world.clock.advance(HOUR_MS);
  world.hsm.createKey('orders', { keyType });
  world.hsm.deleteKey('orders');
  return { world, record: await world.approved() };
}

/** Lets `change` happen between the answer of the HSM and the verification. */
function meddle(world: RecoveryWorld, change: () => void): void {
  world.hsm.faults.plant({ operation: 'listVersions', times: 1, act: change });
}

describe('a backup of an earlier key of the same name', () => {
  it.each(['RSA-HSM', 'oct-HSM'] as const)(
    'proves nothing of a recovered %s: what was seen of it does, and people are notified',
    async (keyType) => {
      const { world, record } = await namesake(keyType);

      await world.deliver(record.id);

      expect(world.stored(record.id)).toMatchObject({
        state: 'succeeded',
        outcome: {
          versions: 1,
          verified: 0,
          warnings: [expect.stringContaining('an earlier key of this name')],
        },
      });
    },
  );

  it('excuses no key whose newest version was created at another time than was seen', async () => {
    const { world, record } = await namesake();
    meddle(world, () => {
      for (const version of world.hsm.active.get('orders')?.versions ?? []) {
        version.attributes = { ...version.attributes, createdAt: 1_000 };
      }
    });

    await world.deliver(record.id);

    const { outcome } = world.stored(record.id);
    expect(outcome).toMatchObject({ result: 'failed', code: 'recovered-mismatch' });
    expect(outcome?.message).toContain('another createdAt');
    expect(outcome?.message).toContain('is missing');
  });

  it('excuses no version that is younger than the deletion', async () => {
    const { world, record } = await namesake();
    await world.clock.advance(60_000);
    meddle(world, () => void world.hsm.createKey('orders'));

    await world.deliver(record.id);

    const { outcome } = world.stored(record.id);
    expect(outcome).toMatchObject({ result: 'failed', code: 'recovered-mismatch' });
    expect(outcome?.message).toContain('is explained by nothing');
  });
});

it('fails when some versions of the backup are there and some are missing', async () => {
  const world = await RecoveryWorld.withBackup();
  world.hsm.deleteKey('orders');
  const record = await world.approved();
  meddle(world, () => void world.hsm.active.get('orders')?.versions.shift());

  await world.deliver(record.id);

  const { outcome } = world.stored(record.id);
  expect(outcome).toMatchObject({ result: 'failed', code: 'recovered-mismatch' });
  expect(outcome?.message).toContain('is missing');
});

it('fails when a version younger than the deletion appears in a key without any backup', async () => {
  const world = new RecoveryWorld();
  world.hsm.createKey('orders');
  world.hsm.deleteKey('orders');
  const record = await world.approved();
  await world.clock.advance(60_000);
  meddle(world, () => void world.hsm.createKey('orders'));

  await world.deliver(record.id);

  expect(world.stored(record.id)).toMatchObject({ outcome: { code: 'recovered-mismatch' } });
});

it.each([
  { name: 'at the end of the skew of the clocks is one', afterMs: 300_000, verified: 2 },
  { name: 'later is none', afterMs: 300_001, verified: 0 },
])('a backup that says it was captured after the deletion $name', async ({ afterMs, verified }) => {
  const world = await RecoveryWorld.withBackup();
  world.hsm.deleteKey('orders');
  const [blob = ''] = world.backups.blobs;
  const { bytes } = await world.backups.fetch({ blob });
  const deletedAt = (await world.keysOf('contoso').getDeletedKey('orders')).deletedAt;
  world.backups.overwrite(blob, Buffer.from(bytes), { capturedAt: deletedAt + afterMs });
  await world.clock.advance(HOUR_MS);
  const record = await world.approved();

  await world.deliver(record.id);

  expect(world.stored(record.id)).toMatchObject({ state: 'succeeded', outcome: { verified } });
});

it.each([
  { name: 'long after the deletion', lostForMs: HOUR_MS },
  { name: 'within the skew of the clocks', lostForMs: 60_000 },
])('takes no backup made after the recovery for a proof when it is resumed: $name', async ({ lostForMs }) => {
  const world = await RecoveryWorld.withBackup();
  world.hsm.deleteKey('orders');
  await world.clock.advance(lostForMs);
  const record = await world.approved();
  const dying = new KillSwitch(1, true, 'recoverKey').wrapAll(world.deps(), world.topic);
  await expect(world.deliver(record.id, dying)).rejects.toThrow('killed');
  await world.clock.advance(1_000);
  const planted = newestVersion(world.hsm.createKey('orders'));
  planted.attributes = { ...planted.attributes, createdAt: (record.operation.deletedAt ?? 0) + 10_000 };
  await world.backUp();
  await world.clock.advance(CLAIM_MS);

  await world.deliver(record.id);

  const { outcome } = world.stored(record.id);
  expect(outcome).toMatchObject({ result: 'failed', code: 'recovered-mismatch' });
  expect(outcome?.message).toContain(`${planted.version}, made at`);
});
