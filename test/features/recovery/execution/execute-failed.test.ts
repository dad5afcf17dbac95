/** Execution: how it fails, and what it says of it. */

import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../../src/core/errors.ts';
import { sha256Hex } from '../../../../src/core/sha256.ts';
import { executeRecovery } from '../../../../src/features/recovery/execution/execute.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

describe('executing an approved request', () => {
  it.each([
    {
      name: 'the key is active again',
      change: (w: RecoveryWorld) => w.hsm.createKey('orders'),
      code: 'key-active',
    },
    {
      name: 'a namesake was soft-deleted',
      change: (w: RecoveryWorld) => {
        w.hsm.createKey('orders');
        w.hsm.deleteKey('orders');
      },
      code: 'key-deleted',
    },
    {
      name: 'the backup rotted',
      change: (w: RecoveryWorld) => w.backups.damage(w.backups.blobs[0] ?? '', Buffer.from('rotten')),
      code: 'backup-damaged',
    },
    {
      name: 'the HSM was given another security domain',
      change: (w: RecoveryWorld) =>
        w.hsm.faults.fail('restoreKey', new WardenError('backup-foreign', { message: 'another domain' })),
      code: 'backup-foreign',
    },
    {
      name: 'another backup took the place of the approved one, where no versions are kept',
      world: () => RecoveryWorld.withBackup('RSA-HSM', { versioning: false }),
      change: (w: RecoveryWorld) => {
        const other = Buffer.from('other');
        w.backups.overwrite(w.backups.blobs[0] ?? '', other, { sha256: sha256Hex(other) });
      },
      code: 'backup-damaged',
    },
  ])(
    'fails and explains when $name after the approval of a restore',
    async ({ world: make, change, code }) => {
      const world = await (make?.() ?? RecoveryWorld.withBackup());
      world.hsm.deleteKey('orders');
      world.hsm.purgeKey('orders');
      const record = await world.approved();
      change(world);

      await world.deliver(record.id);

      const { state, outcome } = world.stored(record.id);
      expect({ state, code: outcome?.code }).toEqual({ state: 'failed', code });
      expect(outcome?.message).toContain(code === 'backup-foreign' ? 'another domain' : 'orders');
    },
  );

  it('fails when the key was purged after the approval of a recovery', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const record = await world.approved();
    world.hsm.purgeKey('orders');

    await world.deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({
      state: 'failed',
      outcome: { code: 'nothing-to-recover', step: 'recover' },
    });
  });

  it('fails loudly when what came back is not what was lost', async () => {
    const world = await RecoveryWorld.withPurgedKey();
    const record = await world.approved();
    world.hsm.faults.plant({
      operation: 'restoreKey',
      act: () => {
        world.hsm.createKey('orders');
      },
    });

    await world.deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({
      state: 'failed',
      outcome: { code: 'recovered-mismatch', step: 'verify' },
    });
  });

  it('keeps what the HSM said with half a character, so that the request ends', async () => {
    const world = await RecoveryWorld.withPurgedKey();
    const { id } = await world.approved();
    world.hsm.faults.fail('restoreKey', new WardenError('backup-foreign', { message: 'of another\ud83d' }));

    await world.deliver(id);

    expect(world.stored(id)).toMatchObject({ state: 'failed', outcome: { code: 'backup-foreign' } });
    expect(world.once.texts.get(`claims/${id}/ended.json`)).toContain('of another\ufffd');
  });

  it('gives up its claim on a passing fault, and fails after the fifth time', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const record = await world.approved();
    world.hsm.faults.fail('recoverKey', new WardenError('hsm-unavailable', { message: 'busy' }), {
      times: 1_000,
    });

    const results: string[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) results.push(await world.deliver(record.id));

    expect(results).toEqual(['yielded', 'yielded', 'yielded', 'yielded', 'ended']);
    expect(world.stored(record.id)).toMatchObject({ state: 'failed', outcome: { code: 'hsm-unavailable' } });
  });

  it('is no failure when the app stops, however often: the claim is free at once, and the next process goes on', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const record = await world.approved();
    const reason = new WardenError('app-stopping', { message: 'The app is stopping.' });

    for (let stop = 1; stop <= 6; stop += 1) {
      const stopping = new AbortController();
      world.hsm.faults.plant({
        operation: 'recoverKey',
        act: () => {
          stopping.abort(reason);
          throw reason;
        },
      });
      const message = { kind: 'recovery', id: record.id };
      const result = await executeRecovery(world.deps(), message, `stopped-${stop}`, stopping.signal);
      expect(result).toBe('yielded');
      expect(world.stored(record.id)).toMatchObject({ state: 'executing', giveUps: 0 });
    }

    expect(await world.deliver(record.id)).toBe('ended');
    expect(world.stored(record.id)).toMatchObject({ state: 'succeeded' });
  });
});
