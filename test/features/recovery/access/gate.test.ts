/** The gate: it opens only after it has proven that it is armed. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../../src/core/errors.ts';
import { EventBus } from '../../../../src/core/events/bus.ts';
import { Gate, type GateProof } from '../../../../src/features/recovery/access/gate.ts';
import { DEFAULT_POLICY, type RecoveryPolicy } from '../../../../src/features/recovery/model/policy.ts';
import { ManualClock } from '../../../support/memory/manual-clock.ts';
import { memoryBreaches } from '../../../support/memory/memory-breaches.ts';
import { MemoryEventSink } from '../../../support/memory/memory-event-sink.ts';
import { RecordingLogger } from '../../../support/memory/recording-logger.ts';

function aGate(options: { policy?: Partial<RecoveryPolicy>; proofs?: Record<string, GateProof> } = {}) {
  const clock = new ManualClock();
  const topic = new MemoryEventSink();
  const bus = new EventBus([topic], clock);
  const policy = { ...DEFAULT_POLICY, ...options.policy };
  const gate = new Gate({
    policy,
    proofs: options.proofs ?? {},
    breaches: memoryBreaches(clock),
    bus,
    logger: new RecordingLogger(),
    clock,
  });
  return { clock, topic, gate };
}

describe('the gate', () => {
  it('opens when everything is proven', async () => {
    const { gate, topic } = aGate({ proofs: { identity: async () => undefined } });

    await expect(gate.pass()).resolves.toBeUndefined();
    expect(topic.accepted).toEqual([]);
  });

  it.each([
    { name: 'a proof finds a problem', proofs: { identity: async () => 'a forged token was accepted' } },
    {
      name: 'a proof cannot be had',
      proofs: {
        identity: async () => {
          throw new Error('no answer');
        },
      },
    },
    { name: 'a single approval suffices', policy: { approvals: 1 } },
    { name: 'the policy cannot be met', policy: { groups: ['a', 'b', 'c'] } },
  ])('stays shut and says so once a day when $name', async ({ proofs, policy }) => {
    const { gate, topic, clock } = aGate({ ...(proofs && { proofs }), ...(policy && { policy }) });

    await expect(gate.pass()).rejects.toMatchObject({ code: 'gate-disarmed' });
    await expect(gate.pass()).rejects.toMatchObject({ code: 'gate-disarmed' });
    expect(topic.accepted.map(({ type }) => type)).toEqual(['HsmWarden.RecoveryGateDisarmed']);
    await clock.advance(86_400_000);
    await expect(gate.pass()).rejects.toMatchObject({ code: 'gate-disarmed' });
    expect(topic.accepted).toHaveLength(2);
  });

  it('tells another reason on the same day too: a fault that passed must not hide one that did not', async () => {
    const proofs: GateProof[] = [
      () => Promise.reject(new Error('no answer')),
      async () => undefined,
      async () => 'the log is not whole',
      async () => 'the log is not whole',
    ];
    const { gate, topic, clock } = aGate({ proofs: { audit: async () => proofs.shift()?.(false) } });
    while (proofs.length > 0) {
      await gate.verdict();
      await clock.advance(60_000);
    }

    expect(topic.accepted.map(({ data }) => data)).toEqual([
      { detail: 'audit: it could not be proven (no answer)' },
      { detail: 'audit: the log is not whole' },
    ]);
    expect(new Set(topic.accepted.map(({ id }) => id)).size).toBe(2);
  });

  it.each([
    { name: 'the same problem', other: 'a line was changed', ids: 1 },
    { name: 'another problem of the same kind', other: 'a line is missing', ids: 2 },
  ])('two instances that find $name report $ids different events', async ({ other, ids }) => {
    const reported = await Promise.all(
      ['a line was changed', other].map(async (problem) => {
        const { gate, topic } = aGate({ proofs: { audit: async () => problem } });
        await gate.verdict();
        return topic.accepted.map(({ id }) => id);
      }),
    );

    expect(new Set(reported.flat()).size).toBe(ids);
  });

  it.each([
    { name: 'just before a minute', ms: 59_999, proven: 1 },
    { name: 'after a minute', ms: 60_000, proven: 2 },
  ])('believes its verdict $name: $proven proofs', async ({ ms, proven }) => {
    let proofs = 0;
    const { gate, clock } = aGate({
      proofs: {
        count: async () => {
          proofs += 1;
          return undefined;
        },
      },
    });
    await gate.pass();
    await clock.advance(ms);
    await gate.pass();

    expect(proofs).toBe(proven);
  });

  it.each([
    { name: 'not just before five seconds', ms: 4_999, opens: false },
    { name: 'after five seconds', ms: 5_000, opens: true },
  ])('tries again soon after a fault that passed: $name', async ({ ms, opens }) => {
    const answers = ['no answer', undefined];
    const { gate, clock } = aGate({ proofs: { identity: async () => answers.shift() } });
    await expect(gate.pass()).rejects.toMatchObject({ code: 'gate-disarmed' });
    await clock.advance(ms);

    if (opens) await expect(gate.pass()).resolves.toBeUndefined();
    else await expect(gate.pass()).rejects.toMatchObject({ code: 'gate-disarmed' });
  });

  it('proves in full when it is checked, also while a lesser proof is under way', async () => {
    const asked: boolean[] = [];
    const { gate } = aGate({
      proofs: {
        audit: async (full) => {
          asked.push(full);
          return full ? 'a line was changed' : undefined;
        },
      },
    });
    const [lesser, checked] = await Promise.all([gate.verdict(), gate.check()]);

    expect(asked).toEqual([false, true]);
    expect([lesser.armed, checked.armed]).toEqual([true, false]);
    await expect(gate.pass()).rejects.toMatchObject({ code: 'gate-disarmed' });
  });

  it('opens under an override only after the event was accepted, and shuts the moment it ends', async () => {
    const overrideUntil = Date.UTC(2026, 0, 1) + 30_000;
    const { gate, topic, clock } = aGate({ policy: { approvals: 1, overrideUntil } });
    topic.faults.fail('accept', new WardenError('storage-unreachable', { message: 'topic down' }));

    await expect(gate.pass()).rejects.toMatchObject({ code: 'gate-disarmed' });
    await clock.advance(5_000);
    await expect(gate.pass()).resolves.toBeUndefined();
    expect(topic.accepted.map(({ type }) => type)).toEqual(['HsmWarden.RecoveryOverrideInForce']);
    await clock.advance(30_000);
    await expect(gate.pass()).rejects.toMatchObject({ code: 'gate-disarmed' });
  });
});
