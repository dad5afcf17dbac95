/** Execution: what was approved, once, verified, whatever dies in between. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/engine/audit/verify-audit.ts';
import { WardenError } from '../../../src/engine/errors.ts';
import { CLAIM_MS, type ExecuteDeps } from '../../../src/engine/recovery/execute.ts';
import { sha256 } from '../../../src/engine/recovery/look.ts';
import { KillSwitch } from '../../support/kill-switch.ts';
import { HOUR_MS } from '../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../support/recovery-world.ts';

const DAY_MS = 24 * HOUR_MS;

async function deleted(keyType?: 'RSA-HSM' | 'oct-HSM'): Promise<RecoveryWorld> {
  const world = await RecoveryWorld.withBackup(keyType);
  world.hsm.deleteKey('orders');
  return world;
}

async function purged(keyType?: 'RSA-HSM' | 'oct-HSM'): Promise<RecoveryWorld> {
  const world = await deleted(keyType);
  world.hsm.purgeKey('orders');
  return world;
}

describe('executing an approved request', () => {
  it.each([
    { name: 'recovers a soft-deleted key', make: () => deleted(), action: 'recover' },
    { name: 'restores a purged key', make: () => purged(), action: 'restore' },
    { name: 'restores a purged symmetric key', make: () => purged('oct-HSM'), action: 'restore' },
  ])('$name, verifies both versions, and takes a fresh backup', async ({ make, action }) => {
    const world = await make();
    const record = await world.approved();

    expect(world.queue.take('recoveries')).toEqual({ kind: 'recovery', id: record.id });
    expect(await world.deliver(record.id)).toBe('ended');

    const ended = world.stored(record.id);
    expect(ended).toMatchObject({
      state: 'succeeded',
      operation: { action },
      untold: [],
      outcome: { result: 'succeeded', versions: 2, verified: 2, warnings: [] },
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
    const world = await purged();
    const record = await world.approved({ target: 'contoso-dr' });

    await world.deliver(record.id);

    expect(world.stored(record.id).state).toBe('succeeded');
    expect([world.hsm.active.size, world.second.active.size]).toEqual([0, 1]);
  });

  it('does nothing with a request that lacks an approval', async () => {
    const world = await deleted();
    const record = await world.ask();
    await world.approve(record, 'bob');

    expect(await world.deliver(record.id)).toBe('nothing-to-do');
    expect(world.hsm.active.has('orders')).toBe(false);
  });

  it('does nothing with a request that was changed in the store, and audits it', async () => {
    const world = await deleted();
    world.hsm.createKey('payroll');
    world.hsm.deleteKey('payroll');
    const record = await world.approved();
    const address = { kind: 'recovery', id: record.id } as const;
    const held = await world.store.read(address);
    const forged = held?.text.replaceAll('"key":"orders"', '"key":"payroll"') ?? '';
    await world.store.write(address, forged, { etag: held?.etag ?? '' });

    expect(await world.deliver(record.id)).toBe('nothing-to-do');
    expect(world.hsm.active.size).toBe(0);
    expect(world.auditStore.lines.at(-1)).toContain('approvals-incomplete');
  });

  it('does nothing with a request that has run out, and says so', async () => {
    const world = await deleted();
    const record = await world.approved();
    await world.clock.advance(DAY_MS);

    expect(await world.deliver(record.id)).toBe('nothing-to-do');
    expect(world.stored(record.id).state).toBe('expired');
    expect(world.audited.at(-1)).toBe('recovery-expired');
  });

  it('does nothing while the gate is disarmed, and comes back', async () => {
    const world = await deleted();
    const record = await world.approved();
    world.queue.take('recoveries');
    world.proofs.identity = async () => 'a forged token was accepted';

    expect(await world.deliver(record.id)).toBe('yielded');
    expect(world.hsm.active.has('orders')).toBe(false);
    expect(world.queue.waiting).toHaveLength(1);
  });

  it('does nothing before the audit log has it', async () => {
    const world = await deleted();
    const record = await world.approved();
    world.auditStore.faults.fail('append', new WardenError('storage-unavailable', { message: 'down' }), {
      times: 99,
    });

    expect(await world.deliver(record.id)).toBe('yielded');
    expect(world.hsm.calls).not.toContain('recoverKey orders');
  });

  it('counts an approval only once it is in the audit log, though it was stored before', async () => {
    const world = await deleted();
    const record = await world.ask();
    await world.approve(record, 'bob');
    world.auditStore.faults.fail('append', new WardenError('storage-unavailable', { message: 'down' }), {
      times: 2,
    });
    await expect(world.approve(record, 'carol')).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(world.stored(record.id).approvals).toHaveLength(2);

    expect(await world.deliver(record.id)).toBe('yielded');
    expect(world.hsm.calls).not.toContain('recoverKey orders');
    expect(await world.deliver(record.id)).toBe('ended');
    expect(world.audited.slice(-5)).toEqual([
      'recovery-approval-given',
      'recovery-approved',
      'recovery-execution-started',
      'recovery-execution-resumed',
      'recovery-succeeded',
    ]);
  });

  it('leaves a key alone that was deleted once more after the request was made', async () => {
    const world = await deleted();
    const record = await world.approved();
    await world.keysOf('contoso').recoverKey('orders');
    await world.clock.advance(HOUR_MS);
    world.hsm.deleteKey('orders');

    await world.deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({
      state: 'failed',
      outcome: { code: 'key-deleted', step: 'recover' },
    });
    expect(world.hsm.active.has('orders')).toBe(false);
  });

  it('does not recover twice what was deleted again before a dead worker is replaced', async () => {
    const world = await deleted();
    const record = await world.approved();
    await world.clock.advance(HOUR_MS);
    const deps: ExecuteDeps = new KillSwitch(1, true, 'recoverKey').wrapAll(world.deps());
    await expect(world.deliver(record.id, deps)).rejects.toThrow('killed');
    await world.clock.advance(CLAIM_MS);
    world.hsm.deleteKey('orders');

    await world.deliver(record.id);

    expect(world.hsm.active.has('orders')).toBe(false);
    expect(world.stored(record.id).state).toBe('failed');
  });

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
        w.backups.overwrite(w.backups.blobs[0] ?? '', other, { sha256: sha256(other) });
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

  it('restores the approved version though another took its place under the same name', async () => {
    const world = await purged();
    const record = await world.approved();
    const [blob = ''] = world.backups.blobs;
    world.hsm.createKey('other');
    const forged = await world.keysOf('contoso').backupKey('other');
    const versions = [{ version: 'f'.repeat(32) }];
    world.backups.overwrite(blob, forged, { sha256: sha256(forged), bytes: forged.length, versions });

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

  it('fails when the key was purged after the approval of a recovery', async () => {
    const world = await deleted();
    const record = await world.approved();
    world.hsm.purgeKey('orders');

    await world.deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({
      state: 'failed',
      outcome: { code: 'nothing-to-recover', step: 'recover' },
    });
  });

  it('fails loudly when what came back is not what was lost', async () => {
    const world = await purged();
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

  it('succeeds with a warning when only the fresh backup fails', async () => {
    const world = await deleted();
    const record = await world.approved();
    world.hsm.faults.fail('backupKey', new WardenError('hsm-forbidden', { message: 'no' }));

    await world.deliver(record.id);

    const { outcome } = world.stored(record.id);
    expect(outcome?.result).toBe('succeeded');
    expect(outcome?.warnings).toHaveLength(1);
  });

  it('gives up its claim on a passing fault, and fails after the fifth time', async () => {
    const world = await deleted();
    const record = await world.approved();
    world.hsm.faults.fail('recoverKey', new WardenError('hsm-unavailable', { message: 'busy' }), {
      times: 1_000,
    });

    const results: string[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) results.push(await world.deliver(record.id));

    expect(results).toEqual(['yielded', 'yielded', 'yielded', 'yielded', 'ended']);
    expect(world.stored(record.id)).toMatchObject({ state: 'failed', outcome: { code: 'hsm-unavailable' } });
  });

  it('does not begin when its claim would lapse under it', async () => {
    const world = await deleted();
    const record = await world.approved();
    world.notifier.faults.plant({
      operation: 'notify',
      subject: 'execution-started',
      act: () => world.clock.advance(CLAIM_MS - 40_000),
    });

    expect(await world.deliver(record.id)).toBe('yielded');
    expect(world.hsm.calls).not.toContain('recoverKey orders');
  });
});

describe('executing twice', () => {
  it('lets one of many workers at once do it', async () => {
    const world = await deleted();
    const record = await world.approved();

    const results = await Promise.all(Array.from({ length: 20 }, () => world.deliver(record.id)));

    expect(results.filter((result) => result === 'ended')).toHaveLength(1);
    expect(world.hsm.calls.filter((call) => call === 'recoverKey orders')).toHaveLength(1);
  });

  it('does nothing for a message delivered after the end', async () => {
    const world = await deleted();
    const record = await world.approved();
    await world.deliver(record.id);
    world.hsm.deleteKey('orders');

    expect(await world.deliver(record.id)).toBe('nothing-to-do');
    expect(world.hsm.active.has('orders')).toBe(false);
  });
});

describe('dying at any instant', () => {
  /** Runs processes that die at the given IO steps, one after the other, and then one that lives. */
  async function runWithKills(
    world: RecoveryWorld,
    id: string,
    kills: readonly { at: number; after: boolean }[],
  ) {
    let died = 0;
    for (const kill of kills) {
      const killSwitch = new KillSwitch(kill.at, kill.after);
      const result = await world.deliver(id, killSwitch.wrapAll(world.deps())).catch(() => 'died');
      if (killSwitch.fired) died += 1;
      if (result === 'nothing-to-do') break;
      await world.clock.advance(CLAIM_MS);
    }
    await world.deliver(id);
    return died;
  }

  async function expectRight(world: RecoveryWorld, id: string): Promise<void> {
    const record = world.stored(id);
    expect(record).toMatchObject({ state: 'succeeded', untold: [], outcome: { verified: 2, versions: 2 } });
    expect(world.hsm.active.get('orders')?.versions).toHaveLength(2);
    expect((await verifyAudit(world.auditStore, world.anchor)).problems).toEqual([]);
    const facts = new Set(world.auditStore.lines.map((line) => JSON.parse(line).factId).filter(Boolean));
    expect(facts.size).toBe(record.facts);
    const told = new Set(world.notifier.events.map((event) => event.id));
    expect(told.size).toBe(record.facts);
    expect(world.audited.indexOf('recovery-execution-started')).toBeGreaterThan(0);
  }

  /** An execution has fewer IO steps than this; a later kill never comes. */
  const STEPS = 60;

  it.each([
    { name: 'recover', make: deleted },
    { name: 'restore', make: purged },
  ])('brings the key back once when killed before or after any one IO step ($name)', async ({ make }) => {
    let died = 0;
    for (let at = 1; at <= STEPS; at += 1) {
      for (const after of [false, true]) {
        const world = await make();
        const record = await world.approved();
        died += await runWithKills(world, record.id, [{ at, after }]);
        await expectRight(world, record.id);
      }
    }
    expect(died).toBeGreaterThan(40);
    expect(died).toBeLessThan(2 * STEPS);
  });

  test.prop(
    [
      fc.boolean(),
      fc.array(fc.record({ at: fc.integer({ min: 1, max: STEPS }), after: fc.boolean() }), {
        minLength: 1,
        maxLength: 20,
      }),
    ],
    { numRuns: 60 },
  )('and when killed again and again', async (restores, kills) => {
    const world = await (restores ? purged() : deleted());
    const record = await world.approved();

    await runWithKills(world, record.id, kills);

    await expectRight(world, record.id);
  });

  it('acts no more when it is resumed after the end of the request', async () => {
    const world = await deleted();
    const record = await world.approved();
    const deps: ExecuteDeps = new KillSwitch(1, false, 'recoverKey').wrapAll(world.deps());
    await expect(world.deliver(record.id, deps)).rejects.toThrow('killed');
    await world.clock.advance(DAY_MS);

    await world.deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({ state: 'failed', outcome: { code: 'recovery-expired' } });
    expect(world.hsm.active.has('orders')).toBe(false);
  });
});
