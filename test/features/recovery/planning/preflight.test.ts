/** Pre-flight: what will be done in every state of a key, or the reason why nothing can be. */
import { describe, expect, it } from 'vitest';
import type { StoredBackup } from '../../../../src/core/ports.ts';
import { preflight, readKeyState } from '../../../../src/features/recovery/planning/key-state.ts';
import {
  type Ask,
  type KeyState,
  planRecovery,
} from '../../../../src/features/recovery/planning/preflight.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

const PURGE_AT = Date.UTC(2026, 2, 1);
const ACTIVE: KeyState = { state: 'active' };
const DELETED: KeyState = { state: 'deleted', name: 'orders', deletedAt: 0, scheduledPurgeAt: PURGE_AT };
const GONE: KeyState = { state: 'gone' };

function anAsk(change: Partial<Ask> = {}): Ask {
  return { hsm: 'contoso', target: 'contoso', key: 'orders', action: 'auto', ...change };
}

function aBackup(capturedAt: number): StoredBackup {
  return {
    blob: `contoso/orders/${capturedAt}.keybackup`,
    storedAt: capturedAt,
    record: {
      format: 1,
      hsm: 'contoso',
      key: 'orders',
      keyId: 'orders/1',
      createdAt: 0,
      updatedAt: 0,
      capturedAt,
      sha256: 'a'.repeat(64),
      bytes: 1,
      runId: 'r',
      versions: [{ version: 'b'.repeat(32) }],
    },
  };
}

const BACKUPS = [aBackup(200), aBackup(300), aBackup(100)];
const shares = (a: string, b: string) => [a, b].every((name) => name.startsWith('contoso'));

describe('planRecovery', () => {
  it.each([
    { name: 'an active key', ask: {}, state: ACTIVE, code: 'key-active' },
    {
      name: 'an active key, restore',
      ask: { action: 'restore' as const },
      state: ACTIVE,
      code: 'key-active',
    },
    {
      name: 'a soft-deleted key, restore',
      ask: { action: 'restore' as const },
      state: DELETED,
      code: 'key-deleted',
    },
    { name: 'a soft-deleted key, of a moment', ask: { asOf: 150 }, state: DELETED, code: 'key-deleted' },
    {
      name: 'a soft-deleted key, named backup',
      ask: { backup: BACKUPS[0]?.blob ?? '' },
      state: DELETED,
      code: 'key-deleted',
    },
    {
      name: 'a namesake soft-deleted on the other HSM',
      ask: { target: 'contoso-dr' },
      state: DELETED,
      code: 'key-deleted',
    },
    {
      name: 'a gone key, recover',
      ask: { action: 'recover' as const },
      state: GONE,
      code: 'nothing-to-recover',
    },
    {
      name: 'a gone key, before its first backup',
      ask: { asOf: 99 },
      state: GONE,
      code: 'nothing-to-restore',
    },
    {
      name: 'a gone key, unknown backup',
      ask: { backup: 'contoso/orders/9.keybackup' },
      state: GONE,
      code: 'backup-unknown',
    },
    { name: 'a gone key without backup', ask: { key: 'other' }, state: GONE, code: 'nothing-to-restore' },
    { name: 'a target of another domain', ask: { target: 'fabrikam' }, state: GONE, code: 'target-refused' },
  ])('refuses $name with $code', ({ ask, state, code }) => {
    expect(() => planRecovery(anAsk(ask), state, BACKUPS, shares)).toThrow(expect.objectContaining({ code }));
  });

  it('names both ways out when a restore is asked for a soft-deleted key', () => {
    const plan = () => planRecovery(anAsk({ action: 'restore' }), DELETED, BACKUPS, shares);

    expect(plan).toThrow(
      expect.objectContaining({
        advice: expect.stringMatching(/recover it there.*or restore it after its purge at 2026-03-01/),
      }),
    );
  });

  it.each([
    { name: 'auto', ask: {} },
    { name: 'recover', ask: { action: 'recover' as const } },
  ])('recovers a soft-deleted key ($name)', ({ ask }) => {
    expect(planRecovery(anAsk(ask), DELETED, [], shares).action).toBe('recover');
  });

  it.each([
    { name: 'the newest backup', ask: {}, expected: 300, substitutes: true },
    { name: 'the newest one just before a moment', ask: { asOf: 199 }, expected: 100, substitutes: true },
    { name: 'the newest one at a moment', ask: { asOf: 200 }, expected: 200, substitutes: true },
    { name: 'the newest one just after a moment', ask: { asOf: 201 }, expected: 200, substitutes: true },
    {
      name: 'the named one',
      ask: { backup: 'contoso/orders/100.keybackup' },
      expected: 100,
      substitutes: false,
    },
    {
      name: 'the newest, into another HSM of the domain',
      ask: { target: 'contoso-dr' },
      expected: 300,
      substitutes: true,
    },
  ])('restores a gone key from $name', ({ ask, expected, substitutes }) => {
    const plan = planRecovery(anAsk(ask), GONE, BACKUPS, shares);

    expect(plan).toMatchObject({ action: 'restore', substitutes });
    expect(plan.action === 'restore' && plan.candidates[0]?.record.capturedAt).toBe(expected);
  });
});

describe('preflight', () => {
  it('finds the three states of a key', async () => {
    const world = await RecoveryWorld.withBackup();
    const keys = world.keysOf('contoso');

    const active = await readKeyState(keys, 'orders');
    world.hsm.deleteKey('orders');
    const deleted = await readKeyState(keys, 'orders');
    world.hsm.purgeKey('orders');
    const gone = await readKeyState(keys, 'orders');

    expect([active.state, deleted.state, gone.state]).toEqual(['active', 'deleted', 'gone']);
  });

  it('lets an older good backup stand in for a damaged one, and tells the approvers', async () => {
    const world = await RecoveryWorld.withBackup();
    await world.backUp();
    world.hsm.deleteKey('orders');
    world.hsm.purgeKey('orders');
    const [older = '', newer = ''] = world.backups.blobs;
    world.backups.damage(newer, Buffer.from('rotten'));

    const { operation, notes } = await preflight(world.deps(), anAsk());

    expect(operation.backup?.blob).toBe(older);
    expect(notes.join(' ')).toContain(`${newer} is damaged`);
    await expect(preflight(world.deps(), anAsk({ backup: newer }))).rejects.toMatchObject({
      code: 'backup-damaged',
    });
  });

  it('says what drills have shown of the backup that it chooses', async () => {
    const world = await RecoveryWorld.withBackup();
    world.hsm.deleteKey('orders');
    world.hsm.purgeKey('orders');
    const drills = async () => new Map();
    expect((await preflight({ ...world.deps(), drills }, anAsk())).notes).toContain(
      'No drill has tried this very backup.',
    );
  });

  it.each([
    { hsm: 'nowhere', target: 'contoso' },
    { hsm: 'contoso', target: 'nowhere' },
  ])('refuses an HSM that is not configured: $hsm to $target', async (ask) => {
    const world = await RecoveryWorld.withBackup();

    await expect(preflight(world.deps(), anAsk(ask))).rejects.toMatchObject({ code: 'hsm-unknown' });
  });
});
