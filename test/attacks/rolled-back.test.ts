/** Somebody who can write the containers of the state and of the audit log rolls both back together: nothing is executed a second time. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../src/core/errors.ts';
import { CLAIM_MS } from '../../src/features/recovery/execution/execute.ts';
import { Recoveries } from '../../src/features/recovery/request/recoveries.ts';
import { person } from '../support/recovery-builders.ts';
import { RecoveryWorld } from '../support/recovery-world.ts';

/** What both containers held at a moment; `restore` puts it back, whatever was written since. */
function snapshot({ store, auditStore, anchor }: RecoveryWorld) {
  const documents = new Map(store.documents);
  const contents = auditStore.contents.map((content) => ({ ...content }));
  const { tip } = anchor;
  return {
    restore: () => {
      store.documents.clear();
      for (const [name, document] of documents) store.documents.set(name, document);
      auditStore.contents.splice(
        0,
        auditStore.contents.length,
        ...contents.map((content) => ({ ...content })),
      );
      anchor.tip = tip;
    },
  };
}

const alarms = (world: RecoveryWorld) =>
  world.topic.accepted.filter(({ data }) => 'severity' in data && data.severity === 'critical');

describe('state and log rolled back together', () => {
  it('to before a recovery that was executed do not execute it again, also in a process that starts afterwards', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const { id } = await world.approved();
    const before = snapshot(world);
    await world.deliver(id);
    expect(world.stored(id).state).toBe('succeeded');
    world.hsm.deleteKey('orders');
    before.restore();

    await world.deliver(id);

    expect(world.hsm.active.has('orders')).toBe(false);
    expect(world.stored(id)).toMatchObject({
      state: 'failed',
      outcome: { code: 'record-unproven', message: expect.stringContaining('rolled back') },
    });
    expect(world.audited).not.toContain('recovery-execution-started');
    expect(alarms(world)).toMatchObject([{ data: { recoveryId: id, key: 'orders' } }]);
  });

  it('to before a restore whose key was purged since do not restore it again', async () => {
    const world = await RecoveryWorld.withPurgedKey();
    const { id } = await world.approved();
    const before = snapshot(world);
    await world.deliver(id);
    world.hsm.deleteKey('orders');
    world.hsm.purgeKey('orders');
    before.restore();

    await world.deliver(id);

    expect(world.hsm.calls.filter((call) => call.startsWith('restoreKey'))).toHaveLength(1);
    expect(world.stored(id)).toMatchObject({ state: 'failed', outcome: { code: 'record-unproven' } });
  });

  it('to the middle of a restore do not restore it again: what came back is judged, and nothing else', async () => {
    const world = await RecoveryWorld.withPurgedKey();
    const { id } = await world.approved();
    let middle: ReturnType<typeof snapshot> | undefined;
    world.topic.faults.plant({
      operation: 'accept',
      subject: 'HsmWarden.RecoveryStarted',
      act: () => {
        middle = snapshot(world);
      },
    });
    await world.deliver(id);
    world.hsm.deleteKey('orders');
    world.hsm.purgeKey('orders');
    middle?.restore();
    await world.clock.advance(600_000);

    await world.deliver(id);

    expect(world.hsm.calls.filter((call) => call.startsWith('restoreKey'))).toHaveLength(1);
    expect(world.stored(id)).toMatchObject({
      state: 'failed',
      outcome: { code: 'recovery-used', step: 'restore' },
    });
  });
});

it.each([
  { name: 'rejection', type: 'reject', who: 'bob' },
  { name: 'cancellation', type: 'cancel', who: 'alice' },
] as const)(
  'state and log rolled back to before a $name do not bring the request back',
  async ({ type, who }) => {
    const world = await RecoveryWorld.withDeletedKey();
    const { id } = await world.approved();
    const before = snapshot(world);
    await new Recoveries(world.deps()).command(id, { type, by: person(who), reason: 'no' });
    before.restore();

    await world.deliver(id);

    expect(world.hsm.active.has('orders')).toBe(false);
    expect(world.stored(id)).toMatchObject({ state: 'failed', outcome: { code: 'record-unproven' } });
  },
);

describe('the write-once claim', () => {
  it.each([
    { format: 1, state: 'succeeded', why: 'a worker of before kept nothing when it asked the HSM' },
    { format: 2, state: 'failed', why: 'it would have kept that it asked' },
  ])('of format $format, with the key back and nothing else kept: $state, for $why', async (kept) => {
    const world = await RecoveryWorld.withDeletedKey();
    const { id } = await world.approved();
    const died = new WardenError('storage-unreachable', { message: 'planted' });
    world.once.faults.fail('write', died, { subject: `claims/${id}/acted.json`, times: 1_000 });
    await world.deliver(id).catch(() => undefined);
    expect(world.hsm.active.has('orders')).toBe(true);
    world.once.faults.clear();
    const begun = `claims/${id}/begun.json`;
    const claim = JSON.parse(world.once.texts.get(begun) ?? '');
    expect(claim.format).toBe(2);
    world.once.texts.set(begun, JSON.stringify({ ...claim, format: kept.format }));
    world.once.texts.delete(`claims/${id}/asked.json`);
    await world.clock.advance(CLAIM_MS);

    await world.deliver(id);

    expect(world.stored(id).state).toBe(kept.state);
  });

  it('of another digest ends the request', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const { id, digest } = await world.approved();
    const text = JSON.stringify({ digest: digest.replace(/./g, 'e'), format: 1, id, worker: 'mallory' });
    world.once.texts.set(`claims/${id}/begun.json`, text);

    await world.deliver(id);

    expect(world.hsm.active.has('orders')).toBe(false);
    const message = expect.stringContaining(`not one of its digest ${digest}`);
    expect(world.stored(id)).toMatchObject({
      state: 'failed',
      outcome: { code: 'record-unproven', message },
    });
  });

  it('that was taken between reading it and the claim stops the execution', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const { id, digest } = await world.approved();
    const text = JSON.stringify({ digest, format: 1, id, worker: 'another' });
    world.once.faults.plant({
      operation: 'write',
      subject: `claims/${id}/begun.json`,
      act: () => {
        world.once.texts.set(`claims/${id}/begun.json`, text);
      },
    });

    await world.deliver(id);

    expect(world.hsm.calls).not.toContain('recoverKey orders');
    expect(world.stored(id)).toMatchObject({ state: 'failed', outcome: { code: 'record-unproven' } });
  });

  it('that cannot be written keeps the key where it is, and the request waits', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const { id } = await world.approved();
    world.once.faults.fail('write', new WardenError('storage-unreachable', { message: 'No way.' }));

    expect(await world.deliver(id)).toBe('yielded');
    expect(world.hsm.calls).not.toContain('recoverKey orders');
    expect(await world.deliver(id)).toBe('ended');
    expect(world.stored(id).state).toBe('succeeded');
  });
});
