/** Where decisions are sealed, a line of the audit log counts by its seal, and nothing happens that cannot be sealed. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../../src/core/errors.ts';
import type { PinnedKey } from '../../../../src/core/seal/pinned-keys.ts';
import { verifyAudit } from '../../../../src/features/audit/verify-audit.ts';
import type { Outcome } from '../../../../src/features/recovery/model/record.ts';
import { Recoveries } from '../../../../src/features/recovery/request/recoveries.ts';
import { entriesOf, eventOf, linesOf, plantRequest, rewriteLog } from '../../../support/attacks/forge-log.ts';
import { failureOf } from '../../../support/errors.ts';
import { DAY_MS, person } from '../../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

async function aSealedWorld(lost: 'deleted' | 'purged' = 'deleted') {
  const world = await (lost === 'deleted' ? RecoveryWorld.withDeletedKey() : RecoveryWorld.withPurgedKey());
  const sealer = world.sealDecisions();
  const outage = (times = 1_000) =>
    sealer.faults.fail(
      'seal',
      new WardenError('seal-unavailable', {
        message: 'Nothing can be sealed with the key https://vault.test/keys/seal/1: the vault is away.',
        advice: 'Check that the vault answers.',
      }),
      { times },
    );
  return { world, sealer, outage };
}

const alarms = (world: RecoveryWorld) =>
  world.topic.accepted.filter(({ data }) => 'severity' in data && data.severity === 'critical');

const sealedEvents = (world: RecoveryWorld) =>
  entriesOf(world)
    .filter(({ seal }) => seal !== undefined)
    .map(({ event }) => event);

describe('a decision', () => {
  it('of each kind is a sealed line, at its place in the chain, and the log is whole', async () => {
    const { world, sealer } = await aSealedWorld();
    const { id } = await world.approved();
    await world.deliver(id);

    expect(world.stored(id).state).toBe('succeeded');
    // As docs/deploy.md says: beside the lines, that the key is in reach, and how it ended.
    expect(sealer.asked).toHaveLength(8);
    expect(sealedEvents(world)).toEqual([
      'recovery-requested',
      'recovery-approval-given',
      'recovery-approval-given',
      'recovery-approved',
      'recovery-execution-started',
      'recovery-succeeded',
    ]);
    const verdict = await verifyAudit(world.auditStore, world.anchor, { seals: world.decisions });
    expect(verdict).toMatchObject({ problems: [], sealed: 6 });
    expect((await new Recoveries(world.deps()).get(id)).record.state).toBe('succeeded');
  });

  it.each<{ name: string; bounds: Partial<PinnedKey>; ends: string }>([
    { name: 'from a position', bounds: { fromPosition: 1 }, ends: 'ended' },
    {
      name: 'until a position and a time',
      bounds: { untilPosition: 99, until: '2027-01-01T00:00:00Z' },
      ends: 'ended',
    },
    { name: 'until a position alone', bounds: { untilPosition: 99 }, ends: 'yielded' },
  ])('is made, and executed, by a key that counts $name: $ends', async ({ bounds, ends }) => {
    const { world, sealer } = await aSealedWorld();
    sealer.usePins({ deployment: 'test', keys: [{ ...sealer.pin, ...bounds }] });
    const { id } = await world.approved();

    expect(await world.deliver(id)).toBe(ends);
  });

  it.each(['reject', 'cancel'] as const)('to %s is sealed, too', async (type) => {
    const { world } = await aSealedWorld();
    const { id } = await world.ask();
    const by = person(type === 'cancel' ? 'alice' : 'bob');
    await new Recoveries(world.deps()).command(id, { type, by, reason: 'no' });

    expect(sealedEvents(world)).toEqual([
      'recovery-requested',
      type === 'cancel' ? 'recovery-cancelled' : 'recovery-rejected',
    ]);
  });

  it('binds what it says, its place and the line before it, and the resource of the HSM', async () => {
    const { world, sealer } = await aSealedWorld();
    await world.ask();

    expect(sealer.asked).toMatchObject([
      {
        purpose: 'decision',
        facts: {
          hsm: 'https://contoso.test',
          position: 1,
          facts: { kind: 'line', content: { format: 2, prev: '0'.repeat(64), event: 'recovery-requested' } },
        },
      },
    ]);
  });

  it('that only the store tells of is noted, and not sealed', async () => {
    const { world } = await aSealedWorld();
    const { id } = await world.ask();
    world.change(id, (record) => ({
      ...record,
      state: 'rejected',
      facts: 2,
      audited: 1,
      endedAt: world.clock.now(),
      untold: [{ n: 2, kind: 'rejected', at: 1, by: person('dora') }],
    }));
    await new Recoveries(world.deps()).refresh(id);

    expect(entriesOf(world).map(({ event, seal }) => [event, seal !== undefined])).toEqual([
      ['recovery-requested', true],
      ['recovery-rejected', false],
    ]);
  });
});

describe('whoever writes state and audit log together', () => {
  it('makes no request: one with all its lines, chained as they must be, is refused and reported', async () => {
    const { world } = await aSealedWorld();
    await world.ask();
    const record = plantRequest(world, 'orders');
    rewriteLog(world, 1, linesOf(record));

    await world.deliver(record.id);

    expect(world.hsm.active.has('orders')).toBe(false);
    expect(world.stored(record.id)).toMatchObject({
      state: 'failed',
      outcome: { code: 'record-unproven', message: expect.stringContaining('for it has none') },
    });
    expect(alarms(world)).toMatchObject([{ data: { recoveryId: record.id, key: 'orders' } }]);
  });

  it('does make one where decisions are not sealed: nothing there can show it', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    await world.ask();
    const record = plantRequest(world, 'orders');
    rewriteLog(world, 1, linesOf(record));

    await world.deliver(record.id);

    expect(world.hsm.active.has('orders')).toBe(true);
  });

  it('adds no approval to a real request', async () => {
    const { world } = await aSealedWorld();
    const asked = await world.ask();
    const { id, digest } = asked;
    await world.approve(asked, 'bob');
    world.change(id, (record) => ({
      ...record,
      state: 'approved',
      approvals: [...record.approvals, { by: person('trudy'), groups: [], digest, at: world.clock.now() }],
      untold: [],
    }));
    const lines = entriesOf(world).map((entry) => ({ event: eventOf(entry), seal: entry.seal }));
    const { event } = linesOf(world.stored(id))[2] ?? { event: undefined };
    if (event === undefined) throw new Error('expected a second approval');
    rewriteLog(world, lines.length, [{ event }]);

    await world.deliver(id);

    expect(world.hsm.active.has('orders')).toBe(false);
    expect(world.stored(id).outcome?.code).toBe('record-unproven');
  });

  it.each([
    { name: 'moved to another place', keep: 2 },
    { name: 'put on other words', keep: 0 },
  ])('breaks the log by a seal that was $name: it shuts the gate', async ({ keep }) => {
    const { world } = await aSealedWorld();
    await world.approve(await world.ask(), 'bob');
    const seal = entriesOf(world)[1]?.seal;
    const record = plantRequest(world, 'orders');
    rewriteLog(world, keep, linesOf(record, [seal, seal, seal]));

    const verdict = await verifyAudit(world.auditStore, world.anchor, { seals: world.decisions });
    expect(verdict.problems.map(({ problem }) => problem).join()).toContain('its seal does not count');
    expect(await world.deliver(record.id)).toBe('yielded');
    expect(world.hsm.active.has('orders')).toBe(false);
  });

  it('replays no seal of another deployment, of another HSM, or by the key of the backup app', async () => {
    const { world, sealer } = await aSealedWorld();
    const record = await world.approved();
    const elsewhere = [
      () => sealer.usePins({ ...sealer.pinned, deployment: 'another' }),
      () => sealer.usePins({ deployment: 'test', keys: [{ ...sealer.pin, app: 'backup' }] }),
      () => sealer.usePins({ deployment: 'test', keys: [{ ...sealer.pin, revoked: true }] }),
      () => sealer.usePins({ deployment: 'test', keys: [{ ...sealer.pin, untilPosition: 2 }] }),
    ];
    for (const change of elsewhere) {
      change();
      await world.deliver(record.id).catch(() => undefined);
      expect(world.hsm.active.has('orders')).toBe(false);
    }
  });

  it('makes up no success: what the worker keeps is sealed', async () => {
    const { world } = await aSealedWorld();
    const { id, digest } = await world.approved();
    const outcome: Outcome = {
      result: 'succeeded',
      step: 'done',
      message: 'fine',
      verified: 9,
      warnings: [],
    };
    world.once.texts.set(`claims/${id}/ended.json`, JSON.stringify({ digest, format: 1, id, outcome }));
    world.change(id, (record) => ({ ...record, state: 'succeeded', outcome, untold: [] }));
    const entry = entriesOf(world).at(-1);
    if (entry === undefined) throw new Error('expected lines');
    const begun = { ...eventOf(entry), event: 'recovery-execution-started' };
    rewriteLog(world, entriesOf(world).length, [{ event: begun }]);

    expect((await failureOf(new Recoveries(world.deps()).get(id))).code).toBe('record-unproven');
  });
});

describe('a line without a seal', () => {
  it.each([
    ['recovery-requested', { requests: [], uncounted: 'it has none' }],
    ['recovery-approval-given', { approvals: [], uncounted: 'it has none' }],
    ['recovery-execution-started', { begun: true, provenBegun: false }],
    ['recovery-succeeded', { ended: 'recovery-succeeded', provenEnd: undefined }],
  ])('%s lets nothing happen, and still stops what it would stop', async (event, expected) => {
    const { world } = await aSealedWorld();
    const recoveryId = 'x'.repeat(26);
    await world.deps().audit.note({ event, actor: person('mallory'), decision: 'allowed', recoveryId });

    expect(await world.deps().evidence.of(recoveryId)).toMatchObject({ lines: 1, ...expected });
  });
});

describe('without the sealing key', () => {
  it('asking fails with a clear error, and nothing is stored or noted', async () => {
    const { world, outage } = await aSealedWorld();
    outage();

    const error = await failureOf(world.ask());
    expect(error).toMatchObject({ code: 'seal-unavailable', transient: true });
    expect(error.message).toContain('https://vault.test/keys/seal/1');
    expect(error.advice).toContain('vault');
    expect(world.requests).toBe(0);
    expect(world.audited).toEqual([]);
  });

  it.each([
    ['approve', (digest: string) => ({ type: 'approve', by: person('bob'), groups: [], digest }) as const],
    ['reject', () => ({ type: 'reject', by: person('bob'), reason: 'no' }) as const],
    ['cancel', () => ({ type: 'cancel', by: person('alice'), reason: 'no' }) as const],
  ])('to %s fails, and the request is what it was; it is done once the key is back', async (_n, command) => {
    const { world, sealer, outage } = await aSealedWorld();
    const { id, digest } = await world.ask();
    const before = world.stored(id);
    outage();

    const deciding = () => new Recoveries(world.deps()).command(id, command(digest));
    expect((await failureOf(deciding())).code).toBe('seal-unavailable');
    expect(world.stored(id)).toEqual(before);
    expect(world.audited).toEqual(['recovery-requested']);

    sealer.faults.clear();
    await deciding();
    expect(world.audited).toHaveLength(2);
  });

  it('an approved request waits, untouched, and is executed once the key is back', async () => {
    const { world, sealer, outage } = await aSealedWorld();
    const { id } = await world.approved();
    outage();

    expect(await world.deliver(id)).toBe('yielded');
    expect(world.stored(id)).toMatchObject({ state: 'approved', giveUps: 0 });
    expect(world.hsm.active.has('orders')).toBe(false);

    sealer.faults.clear();
    expect(await world.deliver(id)).toBe('ended');
    expect(world.stored(id).state).toBe('succeeded');
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'that goes away after %i seals of an execution nothing is done twice, and it ends once the key is back',
    async (after) => {
      const { world, sealer } = await aSealedWorld('purged');
      const { id } = await world.approved();
      const gone = new WardenError('seal-unavailable', { message: 'The vault is away.' });
      sealer.faults.fail('seal', gone, { after: after - 1, times: 1_000 });
      for (let times = 0; times < 8; times += 1) {
        await world.deliver(id);
        await world.clock.advance(300_000);
      }
      sealer.faults.clear();
      await world.deliver(id);

      expect(world.stored(id).state).toBe('succeeded');
      expect(world.hsm.calls.filter((call) => call.startsWith('restoreKey'))).toHaveLength(1);
      expect((await new Recoveries(world.deps()).get(id)).record.state).toBe('succeeded');
    },
  );

  it('an execution that is done is not given up, however often its end cannot be sealed', async () => {
    const { world, sealer } = await aSealedWorld('purged');
    const { id } = await world.approved();
    const gone = new WardenError('seal-unavailable', { message: 'The vault is away.' });
    for (let times = 0; times < 7; times += 1) {
      sealer.faults.fail('seal', gone, { after: 2 });
      expect(await world.deliver(id)).toBe('yielded');
      await world.clock.advance(300_000);
    }
    expect(world.stored(id)).toMatchObject({ state: 'executing', giveUps: 0 });

    expect(await world.deliver(id)).toBe('ended');
    expect(world.stored(id).state).toBe('succeeded');
  });

  it('time runs out all the same while the pinned keys cannot be read, and nothing is executed', async () => {
    const { world, sealer } = await aSealedWorld();
    const due = await world.ask();
    await world.clock.advance(DAY_MS);
    const waiting = await world.approved();
    const gone = new WardenError('seal-unavailable', { message: 'The vault is away.' });
    sealer.faults.fail('pinned', gone, { times: 1_000 });

    expect(await world.reconcile()).toBe(2);
    expect(world.stored(due.id).state).toBe('expired');
    expect(await world.deliver(waiting.id)).toBe('yielded');
    expect(world.stored(waiting.id).state).toBe('approved');
  });

  it('what needs no seal is noted all the same, also when it waits behind a decision', async () => {
    const { world, outage } = await aSealedWorld();
    outage();
    const { audit } = world.deps();
    const actor = person('alice');
    const [, decided, noted] = await Promise.allSettled([
      audit.note({ event: 'access-refused', actor, decision: 'refused' }),
      audit.decide({ event: 'recovery-requested', actor, decision: 'allowed' }),
      audit.note({ event: 'access-refused', actor, decision: 'refused' }),
    ]);

    expect([decided.status, noted.status]).toEqual(['rejected', 'fulfilled']);
    expect(world.audited).toEqual(['access-refused', 'access-refused']);
  });
});
