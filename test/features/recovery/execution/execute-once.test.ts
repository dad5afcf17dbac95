/** Execution: once, however many workers there are and wherever they die. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { verifyAudit } from '../../../../src/features/audit/verify-audit.ts';
import { CLAIM_MS, type ExecuteDeps } from '../../../../src/features/recovery/execution/execute.ts';
import { Recoveries } from '../../../../src/features/recovery/request/recoveries.ts';
import { KillSwitch } from '../../../support/kill-switch.ts';
import { DAY_MS } from '../../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

describe('executing twice', () => {
  it('lets one of many concurrent workers do it', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const record = await world.approved();

    const results = await Promise.all(Array.from({ length: 20 }, () => world.deliver(record.id)));

    expect(results.filter((result) => result === 'ended')).toHaveLength(1);
    expect(world.hsm.calls.filter((call) => call === 'recoverKey orders')).toHaveLength(1);
  });

  it('does nothing for a message delivered after the end', async () => {
    const world = await RecoveryWorld.withDeletedKey();
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
      const result = await world
        .deliver(id, killSwitch.wrapAll(world.deps(), world.topic))
        .catch(() => 'died');
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
    expect(world.topic.counts.size).toBe(record.facts);
    expect(world.audited.indexOf('recovery-execution-started')).toBeGreaterThan(0);
    // Whatever its process died of, that it succeeded is proven.
    expect((await new Recoveries(world.deps()).get(id)).record.state).toBe('succeeded');
  }

  async function sealed(making: Promise<RecoveryWorld>): Promise<RecoveryWorld> {
    const world = await making;
    world.sealDecisions();
    return world;
  }

  /** An execution has fewer IO steps than this; a later kill never comes. */
  const STEPS = 60;

  it.each([
    { name: 'recover', make: () => RecoveryWorld.withDeletedKey() },
    { name: 'restore', make: () => RecoveryWorld.withPurgedKey() },
    { name: 'restore, where decisions are sealed', make: () => sealed(RecoveryWorld.withPurgedKey()) },
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
    const world = await (restores ? sealed(RecoveryWorld.withPurgedKey()) : RecoveryWorld.withDeletedKey());
    const record = await world.approved();

    await runWithKills(world, record.id, kills);

    await expectRight(world, record.id);
  });

  it('does not take for its own doing what another hand did before the HSM was asked', async () => {
    const said: (string | undefined)[] = [];
    for (let at = 1; at < STEPS; at += 1) {
      const world = await RecoveryWorld.withDeletedKey();
      const record = await world.approved();
      const killSwitch = new KillSwitch(at, true);
      await world.deliver(record.id, killSwitch.wrapAll(world.deps(), world.topic)).catch(() => 'died');
      if (!killSwitch.fired || world.hsm.calls.includes('recoverKey orders')) break;
      await world.keysOf('contoso').recoverKey('orders', AbortSignal.timeout(60_000));
      await world.clock.advance(CLAIM_MS);
      await world.deliver(record.id);
      const { state, outcome } = world.stored(record.id);
      said.push(outcome?.code ?? state);
    }

    expect(new Set(said)).toEqual(new Set(['key-active']));
    expect(said.length).toBeGreaterThan(5);
  });

  it('acts no more when it is resumed after the end of the request', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    const record = await world.approved();
    const deps: ExecuteDeps = new KillSwitch(1, false, 'recoverKey').wrapAll(world.deps(), world.topic);
    await expect(world.deliver(record.id, deps)).rejects.toThrow('killed');
    await world.clock.advance(DAY_MS);

    await world.deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({ state: 'failed', outcome: { code: 'recovery-expired' } });
    expect(world.hsm.active.has('orders')).toBe(false);
  });
});

it('a worker that read the request before another executed it raises no alarm, and changes nothing', async () => {
  const world = await RecoveryWorld.withDeletedKey();
  const { id } = await world.approved();
  // It has read the record, and reads the log only when the other has ended.
  world.auditStore.faults.plant({
    operation: 'read',
    act: async () => {
      await world.deliver(id);
    },
  });

  expect(await world.deliver(id)).toBe('yielded');

  expect(world.stored(id).state).toBe('succeeded');
  expect(world.audited).not.toContain('recovery-refused');
  expect(world.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  expect(await world.deliver(id)).toBe('nothing-to-do');
});
