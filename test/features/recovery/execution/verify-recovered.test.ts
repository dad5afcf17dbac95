/** What is compared of a key that came back: each difference, and what it means. */
import { describe, expect, it } from 'vitest';
import { requestDigest } from '../../../../src/features/recovery/model/digest.ts';
import { newestVersion } from '../../../support/memory/memory-hsm.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

type KeyType = 'RSA-HSM' | 'oct-HSM';

/** The key `orders` with two versions and a backup, lost; the request for it is approved. */
async function lost(action: 'recover' | 'restore', keyType: KeyType = 'oct-HSM') {
  const world = await RecoveryWorld.withBackup(keyType);
  world.hsm.deleteKey('orders');
  if (action === 'restore') world.hsm.purgeKey('orders');
  return { world, record: await world.approved() };
}

/** Lets `change` happen between the HSM's answer and the verification. */
function meddle(world: RecoveryWorld, change: () => void): void {
  let done = false;
  world.hsm.faults.plant({
    operation: 'listVersions',
    act: () => {
      if (!done) change();
      done = true;
    },
  });
}

function newest(world: RecoveryWorld) {
  const key = world.hsm.active.get('orders');
  if (key === undefined) throw new Error('expected the key to be active');
  return newestVersion(key);
}

describe('a recovered key', () => {
  it('was seen before: its newest version is in the request, in its digest and before the approvers', async () => {
    const { record } = await lost('recover');

    expect(record.seen).toMatchObject({ keyType: 'oct-HSM', enabled: true, exportable: false });
    expect(record.preflight.join(' ')).toContain(`${record.seen?.version} (oct-HSM, enabled)`);
    const { seen: _, ...blind } = record;
    expect(requestDigest(blind)).not.toBe(requestDigest(record));
  });

  it.each([
    { member: 'enabled', change: { enabled: false }, says: 'was true before and is false now' },
    { member: 'expiresAt', change: { expiresAt: 9_000 }, says: 'was not set before and is 9000 now' },
    { member: 'notBefore', change: { notBefore: 1_000 }, says: 'was not set before and is 1000 now' },
    { member: 'exportable', change: { exportable: true }, says: 'was false before and is true now' },
    { member: 'updatedAt', change: { updatedAt: 5_000 }, says: 'and is 5000 now' },
  ])(
    'that was changed meanwhile is reported, symmetric or not: $member',
    async ({ member, change, says }) => {
      for (const keyType of ['oct-HSM', 'RSA-HSM'] as const) {
        const { world, record } = await lost('recover', keyType);
        meddle(world, () => {
          newest(world).attributes = { ...newest(world).attributes, ...change };
        });
        await world.deliver(record.id);

        const { outcome } = world.stored(record.id);
        expect(outcome?.result).toBe('succeeded');
        const changes = outcome?.warnings.filter((warning) => !warning.includes('no public key'));
        expect(changes).toEqual([expect.stringContaining(`The ${member} of version`)]);
        expect(changes?.[0]).toContain(says);
      }
    },
  );

  it('fails when its newest version was created at another time', async () => {
    const { world, record } = await lost('recover', 'RSA-HSM');
    meddle(world, () => {
      newest(world).attributes = { ...newest(world).attributes, createdAt: 1_000 };
    });
    await world.deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({
      state: 'failed',
      outcome: { code: 'recovered-mismatch' },
    });
    expect(world.stored(record.id).outcome?.message).toContain('another createdAt');
  });

  it('may have versions newer than its backup: they are named', async () => {
    const world = await RecoveryWorld.withBackup();
    await world.clock.advance(3_600_000);
    const { version } = newestVersion(world.hsm.createKey('orders'));
    world.hsm.deleteKey('orders');
    const record = await world.approved();
    await world.deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({
      state: 'succeeded',
      outcome: { versions: 3, verified: 2, warnings: [expect.stringContaining(version)] },
    });
  });

  it('fails when a version appears that is younger than the deletion', async () => {
    const { world, record } = await lost('recover');
    await world.clock.advance(60_000);
    meddle(world, () => void world.hsm.createKey('orders'));
    await world.deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({
      state: 'failed',
      outcome: { code: 'recovered-mismatch' },
    });
    expect(world.stored(record.id).outcome?.message).toContain('is explained by nothing');
  });
});

it.each([
  ['recover', 'oct-HSM', ['2 version(s) have no public key']],
  ['restore', 'oct-HSM', ['2 version(s) have no public key']],
  ['recover', 'RSA-HSM', []],
  ['restore', 'RSA-HSM', []],
] as const)(
  'after a %s of an %s key it is said what could not be compared',
  async (action, keyType, said) => {
    const { world, record } = await lost(action, keyType);
    await world.deliver(record.id);

    const { outcome } = world.stored(record.id);
    expect(outcome?.verified).toBe(2);
    expect(outcome?.warnings).toEqual(said.map((words) => expect.stringContaining(words)));
  },
);

describe('a restored key', () => {
  it('fails when none of its symmetric versions was created when the record says', async () => {
    const { world, record } = await lost('restore');
    meddle(world, () => {
      for (const version of world.hsm.active.get('orders')?.versions ?? []) {
        version.attributes = { ...version.attributes, createdAt: 1_000 };
      }
    });
    await world.deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({
      state: 'failed',
      outcome: { code: 'recovered-mismatch' },
    });
  });

  it('is reported when its attributes are not as old as in the record', async () => {
    const { world, record } = await lost('restore');
    meddle(world, () => {
      newest(world).attributes = { ...newest(world).attributes, enabled: false, updatedAt: 1_000 };
    });
    await world.deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({
      state: 'succeeded',
      outcome: {
        warnings: [
          expect.stringContaining('no public key'),
          expect.stringContaining('changed at another time'),
        ],
      },
    });
  });

  it.each([
    { name: 'made while the backup was taken is named', afterMs: 0, state: 'succeeded' },
    { name: 'made at the end of the skew of the clocks is named', afterMs: 300_000, state: 'succeeded' },
    { name: 'made after it is explained by nothing, and fails', afterMs: 301_000, state: 'failed' },
  ])('may hold a version beyond its record: one $name', async ({ afterMs, state }) => {
    const { world, record } = await lost('restore');
    const extra = record.operation.backup?.capturedAt ?? 0;
    meddle(world, () => {
      const version = newestVersion(world.hsm.createKey('orders'));
      version.attributes = { ...version.attributes, createdAt: extra + afterMs };
    });
    await world.deliver(record.id);

    const { outcome } = world.stored(record.id);
    expect(outcome?.result).toBe(state);
    const said = state === 'failed' ? outcome?.message : outcome?.warnings.join(' ');
    expect(said).toContain(newest(world).version);
  });
});
