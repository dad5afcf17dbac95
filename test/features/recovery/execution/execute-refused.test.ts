/** Execution: nothing is done without what it needs, nor to what was not approved. */

import { describe, expect, it } from 'vitest';
import { MOST_SKEW_MS } from '../../../../src/adapters/blob/service-time.ts';
import { CALL_LIMITS_MS } from '../../../../src/adapters/http/call-limits.ts';
import { WardenError } from '../../../../src/core/errors.ts';
import {
  CLAIM_MS,
  type ExecuteDeps,
  MARGIN_MS,
} from '../../../../src/features/recovery/execution/execute.ts';
import { RECOVERIES } from '../../../../src/features/recovery/model/message.ts';
import { KillSwitch } from '../../../support/kill-switch.ts';
import { DAY_MS, HOUR_MS } from '../../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

describe('executing an approved request', () => {
  it('does nothing with a request that lacks an approval', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const record = await world.ask();
    await world.approve(record, 'bob');

    expect(await world.deliver(record.id)).toBe('nothing-to-do');
    expect(world.hsm.active.has('orders')).toBe(false);
  });

  it('does nothing with a request that was changed in the store, and audits it', async () => {
    const world = await RecoveryWorld.withDeletedKey();
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

  it('does nothing with a request whose reason was changed to half a character, and audits it', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const { id } = await world.approved();
    world.change(id, (record) => ({ ...record, reason: '\ud83d' }));

    expect(await world.deliver(id)).toBe('nothing-to-do');
    expect(world.hsm.active.size).toBe(0);
    expect(world.auditStore.lines.at(-1)).toContain('approvals-incomplete');
  });

  it('does nothing with a request that has run out, and says so', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const record = await world.approved();
    await world.clock.advance(DAY_MS);

    expect(await world.deliver(record.id)).toBe('nothing-to-do');
    expect(world.stored(record.id).state).toBe('expired');
    expect(world.audited.at(-1)).toBe('recovery-expired');
  });

  it('does nothing while the gate is disarmed, and comes back', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const record = await world.approved();
    world.queue.take(RECOVERIES);
    world.proofs.identity = async () => 'a forged token was accepted';

    expect(await world.deliver(record.id)).toBe('yielded');
    expect(world.hsm.active.has('orders')).toBe(false);
    expect(world.queue.waiting).toHaveLength(1);
  });

  it('does nothing before the audit log has it', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const record = await world.approved();
    world.auditStore.faults.fail('append', new WardenError('storage-unavailable', { message: 'down' }), {
      times: 99,
    });

    expect(await world.deliver(record.id)).toBe('yielded');
    expect(world.hsm.calls).not.toContain('recoverKey orders');
  });

  it('counts an approval only once it is in the audit log: what that does not take is not stored', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const record = await world.ask();
    await world.approve(record, 'bob');
    world.auditStore.faults.fail('append', new WardenError('storage-unavailable', { message: 'down' }), {
      times: 1,
    });
    await expect(world.approve(record, 'carol')).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(world.stored(record.id).approvals).toHaveLength(1);

    expect(await world.deliver(record.id)).toBe('nothing-to-do');
    expect(world.hsm.calls).not.toContain('recoverKey orders');
    await world.approve(record, 'carol');
    expect(await world.deliver(record.id)).toBe('ended');
    expect(world.audited.slice(-4)).toEqual([
      'recovery-approval-given',
      'recovery-approved',
      'recovery-execution-started',
      'recovery-succeeded',
    ]);
  });

  it('leaves a key alone that was deleted once more after the request was made', async () => {
    const world = await RecoveryWorld.withDeletedKey();
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
    const world = await RecoveryWorld.withDeletedKey();
    const record = await world.approved();
    await world.clock.advance(HOUR_MS);
    const deps: ExecuteDeps = new KillSwitch(1, true, 'recoverKey').wrapAll(world.deps(), world.topic);
    await expect(world.deliver(record.id, deps)).rejects.toThrow('killed');
    await world.clock.advance(CLAIM_MS);
    world.hsm.deleteKey('orders');

    await world.deliver(record.id);

    expect(world.hsm.active.has('orders')).toBe(false);
    expect(world.stored(record.id).state).toBe('failed');
  });

  it('does not begin when its claim would lapse under it', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const record = await world.approved();
    world.topic.faults.plant({
      operation: 'accept',
      subject: 'HsmWarden.RecoveryStarted',
      act: () => world.clock.advance(CLAIM_MS - MARGIN_MS),
    });

    expect(await world.deliver(record.id)).toBe('yielded');
    expect(world.hsm.calls).not.toContain('recoverKey orders');
  });

  it('holds its claim for longer than the last call it may begin, on a clock that is a minute off', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const record = await world.approved();
    let spareMs = Number.NEGATIVE_INFINITY;
    world.topic.faults.plant({
      operation: 'accept',
      subject: 'HsmWarden.RecoveryStarted',
      act: () => world.clock.advance(CLAIM_MS - MARGIN_MS - 1_000),
    });
    world.hsm.faults.plant({
      operation: 'recoverKey',
      act: () => {
        const until = world.stored(record.id).claim?.until ?? 0;
        spareMs = until - world.clock.now() - CALL_LIMITS_MS.hsmCall;
      },
    });

    await world.deliver(record.id);

    expect(spareMs).toBeGreaterThanOrEqual(MOST_SKEW_MS);
  });
});
