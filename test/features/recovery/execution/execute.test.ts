/** Execution: what was approved, verified. */

import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../../src/core/errors.ts';
import { sha256Hex } from '../../../../src/core/sha256.ts';
import { RECOVERIES } from '../../../../src/features/recovery/model/message.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

describe('executing an approved request', () => {
  it.each([
    { name: 'recovers a soft-deleted key', make: () => RecoveryWorld.withDeletedKey(), action: 'recover' },
    { name: 'restores a purged key', make: () => RecoveryWorld.withPurgedKey(), action: 'restore' },
    {
      name: 'restores a purged symmetric key',
      make: () => RecoveryWorld.withPurgedKey('oct-HSM'),
      action: 'restore',
      warnings: [expect.stringContaining('no public key')],
    },
  ])('$name, verifies both versions, and takes a fresh backup', async ({ make, action, warnings = [] }) => {
    const world = await make();
    const record = await world.approved();

    expect(world.queue.take(RECOVERIES)).toEqual({ kind: 'recovery', id: record.id });
    expect(await world.deliver(record.id)).toBe('ended');

    const ended = world.stored(record.id);
    expect(ended).toMatchObject({
      state: 'succeeded',
      operation: { action },
      untold: [],
      outcome: { result: 'succeeded', versions: 2, verified: 2, warnings },
    });
    expect(world.hsm.active.has('orders')).toBe(true);
    expect(world.backups.blobs).toHaveLength(2);
    expect(world.backups.blobs).toContain(ended.outcome?.freshBackup);
    expect(world.audited).toEqual([
      'recovery-requested',
      'recovery-approval-given',
      'recovery-approval-given',
      'recovery-approved',
      'recovery-execution-started',
      'recovery-succeeded',
    ]);
  });

  it('restores into the second HSM of the security domain and leaves the first alone', async () => {
    const world = await RecoveryWorld.withPurgedKey();
    const record = await world.approved({ target: 'contoso-dr' });

    await world.deliver(record.id);

    expect(world.stored(record.id).state).toBe('succeeded');
    expect([world.hsm.active.size, world.second.active.size]).toEqual([0, 1]);
    expect(world.logger.lines.filter(({ message }) => message === 'recovery claimed')).toEqual([
      expect.objectContaining({
        fields: { recoveryId: record.id, action: 'restore', hsm: 'contoso-dr', key: 'orders' },
      }),
    ]);
  });

  it('restores the approved version though another took its place under the same name', async () => {
    const world = await RecoveryWorld.withPurgedKey();
    const record = await world.approved();
    const [blob = ''] = world.backups.blobs;
    world.hsm.createKey('other');
    const forged = await world.keysOf('contoso').backupKey('other');
    const versions = [{ version: 'f'.repeat(32) }];
    world.backups.overwrite(blob, forged, { sha256: sha256Hex(forged), bytes: forged.length, versions });

    await world.deliver(record.id);

    expect(record.operation.backup?.versionId).toBe('version-1');
    expect(record.preflight.join(' ')).toContain('version-1');
    expect(world.stored(record.id)).toMatchObject({ state: 'succeeded', outcome: { verified: 2 } });
  });

  it('proves a recovered key by the newest backup, not by an older one that is pinned', async () => {
    const world = await RecoveryWorld.withBackup();
    await world.backups.pin(world.backups.blobs[0] ?? '');
    world.hsm.createKey('orders');
    await world.backUp();
    world.hsm.deleteKey('orders');
    const record = await world.approved();

    await world.deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({ outcome: { versions: 3, verified: 3, warnings: [] } });
  });

  it('succeeds with a warning when only the fresh backup fails', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const record = await world.approved();
    world.hsm.faults.fail('backupKey', new WardenError('hsm-forbidden', { message: 'no' }));

    await world.deliver(record.id);

    const { outcome } = world.stored(record.id);
    expect(outcome?.result).toBe('succeeded');
    expect(outcome?.warnings).toHaveLength(1);
  });
});
