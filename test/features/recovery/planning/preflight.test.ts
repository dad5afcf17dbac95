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

  it('asks for no other HSM’s security domain where the key comes back into its own', () => {
    expect(planRecovery(anAsk(), GONE, BACKUPS, () => false).action).toBe('restore');
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

describe('the words of planRecovery', () => {
  const cannot = (why: string) => `Key orders of HSM contoso cannot be brought back as asked: ${why}.`;

  it.each([
    {
      name: 'another domain',
      ask: { target: 'fabrikam' },
      state: GONE,
      why: 'HSM fabrikam is not configured as sharing the security domain of HSM contoso',
      advice: 'Restore into an HSM of the same security domain; WARDEN_SHARED_DOMAINS names those.',
    },
    {
      name: 'an active key',
      ask: {},
      state: ACTIVE,
      why: 'the key is active on HSM contoso',
      advice: 'Nothing has to be recovered.',
    },
    {
      name: 'a restore of a soft-deleted key',
      ask: { action: 'restore' as const },
      state: DELETED,
      why: 'the key is soft-deleted on HSM contoso, and its name is taken until it is purged',
      advice:
        'Either recover it there (action recover, target contoso), or restore it after its purge at 2026-03-01T00:00:00.000Z or into another HSM of the security domain.',
    },
    {
      name: 'a recovery of a key that is gone',
      ask: { action: 'recover' as const },
      state: GONE,
      why: 'there is no soft-deleted key of this name on HSM contoso',
      advice: 'Ask for a restore: the key can come back from a backup only.',
    },
    {
      name: 'a key without a backup',
      ask: {},
      state: GONE,
      why: 'there is no backup of it from HSM contoso',
      advice: 'Look for backups of another HSM or of a later time.',
      backups: [],
    },
    {
      name: 'a key without a backup of then',
      ask: { asOf: 99 },
      state: GONE,
      why: 'there is no backup of it from HSM contoso captured by 1970-01-01T00:00:00.099Z',
      advice: 'Look for backups of another HSM or of a later time.',
    },
    {
      name: 'a backup that is not there',
      ask: { backup: 'x.keybackup' },
      state: GONE,
      why: 'there is no backup x.keybackup of it',
      advice: 'List the backups of the key.',
    },
  ])('say why $name is refused, and what to do', ({ ask, state, why, advice, backups = BACKUPS }) => {
    const asked = anAsk(ask);

    expect(() => planRecovery(asked, state, backups, shares)).toThrow(
      expect.objectContaining({ message: cannot(why), advice, hsm: asked.target, key: 'orders' }),
    );
  });

  it('say what will be done', () => {
    expect(planRecovery(anAsk(), DELETED, BACKUPS, shares)).toStrictEqual({
      action: 'recover',
      notes: ['The key is soft-deleted on HSM contoso until 2026-03-01T00:00:00.000Z; it will be recovered.'],
    });
    expect(planRecovery(anAsk({ target: 'contoso-dr' }), GONE, [aBackup(100)], shares)).toStrictEqual({
      action: 'restore',
      candidates: [aBackup(100)],
      substitutes: true,
      notes: ['No key of this name is on HSM contoso-dr; it will be restored from a backup.'],
    });
  });
});

describe('the backups that a restore may choose from', () => {
  const of = (change: Partial<StoredBackup['record']>, storedAt?: number): StoredBackup => {
    const { record, ...backup } = aBackup(change.capturedAt ?? 200);
    return { ...backup, ...(storedAt !== undefined && { storedAt }), record: { ...record, ...change } };
  };
  const chosen = (ask: Partial<Ask>, backups: readonly StoredBackup[]) => {
    const plan = planRecovery(anAsk(ask), GONE, backups, shares);
    return plan.action === 'restore' ? plan.candidates : [];
  };

  it('are all of the key, the newest first, whatever order they come in', () => {
    const [a, b, c] = [aBackup(100), aBackup(200), aBackup(300)];

    for (const backups of [
      [a, b, c],
      [c, b, a],
      [b, c, a],
      [b, a, c],
    ]) {
      expect(chosen({}, backups)).toEqual([c, b, a]);
    }
  });

  it('are those of its HSM and its name only, in whatever letters it is written', () => {
    const mine = of({ key: 'Orders' });
    const others = [of({ hsm: 'contoso-dr', capturedAt: 300 }), of({ key: 'payments', capturedAt: 400 })];

    expect(chosen({}, [...others, mine])).toEqual([mine]);
    expect(() => chosen({}, others)).toThrow(expect.objectContaining({ code: 'nothing-to-restore' }));
    expect(() => chosen({ backup: others[0]?.blob ?? '' }, others)).toThrow(
      expect.objectContaining({ code: 'backup-unknown' }),
    );
  });

  it('are none of a later moment, though one is named', () => {
    const [early, late] = [aBackup(100), aBackup(200)];

    expect(chosen({ asOf: 150 }, [late, early])).toEqual([early]);
    expect(() => chosen({ asOf: 150, backup: late.blob }, [late, early])).toThrow(
      expect.objectContaining({ code: 'backup-unknown' }),
    );
  });

  it('are ordered by the store’s clock where the other one was ahead', () => {
    const ahead = of({ capturedAt: 900 }, 100);
    const good = aBackup(200);

    expect(chosen({}, [ahead, good])).toEqual([good, ahead]);
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
