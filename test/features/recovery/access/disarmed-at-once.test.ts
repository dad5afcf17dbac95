/** A broken audit log shuts the gate of its process at once, whatever was proven before. */
import { describe, expect, it } from 'vitest';
import { hasRequests } from '../../../../src/core/documents/has-requests.ts';
import { WardenError } from '../../../../src/core/errors.ts';
import { ChainedAuditLog } from '../../../../src/features/audit/audit-log.ts';
import { Breaches } from '../../../../src/features/audit/breaches.ts';
import { verifyAudit } from '../../../../src/features/audit/verify-audit.ts';
import { auditProof } from '../../../../src/features/recovery/access/audit-proof.ts';
import { Gate } from '../../../../src/features/recovery/access/gate.ts';
import { DEFAULT_POLICY } from '../../../../src/features/recovery/model/policy.ts';
import { disarmingEvidence, disarmingLog } from '../../../../src/features/recovery/request/disarming.ts';
import { failureOf } from '../../../support/errors.ts';
import { ManualClock } from '../../../support/memory/manual-clock.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from '../../../support/memory/memory-audit-store.ts';
import { MemoryOnceStore } from '../../../support/memory/memory-once-store.ts';
import { RecordingLogger } from '../../../support/memory/recording-logger.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

const EVENT = {
  event: 'noted',
  actor: { kind: 'service', id: 'test', name: 'Test' },
  decision: 'noted',
} as const;
const HOUR_MS = 3_600_000;

function aWorld() {
  const clock = new ManualClock({ now: Date.UTC(2026, 0, 1, 12), autoAdvance: true });
  const store = new MemoryAuditStore(clock);
  const anchor = new MemoryAuditAnchor();
  const log = new ChainedAuditLog(store, anchor, clock);
  const reported: string[] = [];
  const memory = { seen: () => log.seen, hasRequests: async () => false };
  const breaches = new Breaches({ once: new MemoryOnceStore(), store, anchor, decisions: undefined, clock });
  const gate = new Gate({
    policy: DEFAULT_POLICY,
    breaches,
    proofs: { audit: auditProof(store, anchor, clock, async () => undefined, memory) },
    bus: {
      send: async (events) => {
        reported.push(...events.map((event) => JSON.stringify(event)));
      },
    },
    logger: new RecordingLogger(),
    clock,
  });
  return { clock, store, anchor, log, gate, reported };
}

const BROKEN = {
  of: async () => Promise.reject(corrupt()),
  all: async () => Promise.reject(corrupt()),
};

function corrupt(): WardenError {
  return new WardenError('audit-corrupt', { message: 'The log is broken.' });
}

const fails = async () => Promise.reject(corrupt());
const BROKEN_LOG = { note: fails, decide: fails, requireSealing: fails };

describe('the gate', () => {
  it('is shut at once by what somebody found, says why, and is not armed again by a proof in full', async () => {
    const { clock, gate, reported } = aWorld();
    expect((await gate.verdict()).armed).toBe(true);

    await gate.disarm('audit: a line was changed');

    expect(await gate.verdict()).toMatchObject({ armed: false, problems: ['audit: a line was changed'] });
    expect((await failureOf(gate.pass())).code).toBe('gate-disarmed');
    expect(reported.join()).toContain('a line was changed');
    await clock.advance(5_000);
    expect((await gate.check()).armed).toBe(false);
  });

  it('does not take a proof that was under way for one of after the finding', async () => {
    const { gate } = aWorld();
    const running = gate.check();
    await gate.disarm('audit: a line was changed');

    expect((await running).armed).toBe(false);
  });

  it('no longer trusts the proof of the day once something was found', async () => {
    const { clock, store, log, gate } = aWorld();
    await log.note(EVENT);
    await gate.verdict();
    store.rewrite((lines) => lines.map((line) => line.replace('Test', 'Tess')));
    await gate.disarm('audit: a line was changed');
    await clock.advance(HOUR_MS);

    expect((await gate.check()).armed).toBe(false);
  });

  it.each([
    ['writes', (gate: Gate) => disarmingLog(BROKEN_LOG, gate).note(EVENT)],
    ['decides', (gate: Gate) => disarmingLog(BROKEN_LOG, gate).decide(EVENT)],
    ['reads', (gate: Gate) => disarmingEvidence(BROKEN, gate).of('a')],
    ['reads all of', (gate: Gate) => disarmingEvidence(BROKEN, gate).all()],
  ])('is shut by whoever %s the log and finds it broken', async (_name, use) => {
    const { gate } = aWorld();
    await gate.verdict();

    expect((await failureOf(use(gate))).code).toBe('audit-corrupt');
    expect(await gate.verdict()).toMatchObject({ armed: false, problems: ['audit: The log is broken'] });
  });
});

describe('the audit log', () => {
  it('whose anchor was deleted takes no line, however often it is tried', async () => {
    const world = aWorld();
    await world.log.note(EVENT);
    const other = new ChainedAuditLog(world.store, new MemoryAuditAnchor(), world.clock);

    for (const _ of [1, 2, 3]) expect((await failureOf(other.note(EVENT))).code).toBe('audit-corrupt');

    expect((await verifyAudit(world.store, world.anchor)).entries).toBe(1);
  });

  it.each([
    ['as long as before', 1],
    ['longer than before', 2],
  ])(
    'that was written again is found by its hash, %s, and the gate stays shut when the old log is back',
    async (_how, lines) => {
      const { store, anchor, log, gate, clock } = aWorld();
      await log.note(EVENT);
      await gate.verdict();
      const before = { tip: anchor.tip, lines: [...store.lines] };
      const forged = aWorld();
      for (let line = 0; line < lines; line += 1) await forged.log.note({ ...EVENT, detail: 'another' });
      store.rewrite(() => [...forged.store.lines]);
      anchor.tip = forged.anchor.tip;
      await clock.advance(25 * HOUR_MS);

      expect((await gate.verdict()).armed).toBe(false);

      store.rewrite(() => before.lines);
      anchor.tip = before.tip;
      await clock.advance(25 * HOUR_MS);
      expect((await gate.check()).armed).toBe(false);
      expect((await gate.verdict()).armed).toBe(false);
    },
  );

  it('that was rolled back together with its anchor is found by the process that wrote it, and takes no line', async () => {
    const { store, anchor, log, gate, clock } = aWorld();
    const first = await log.note(EVENT);
    await log.note(EVENT);
    store.rewrite((lines) => lines.slice(0, 1));
    anchor.tip = first;

    expect((await failureOf(log.note(EVENT))).message).toContain('went backwards');
    await clock.advance(25 * HOUR_MS);
    expect((await gate.verdict()).problems.join()).toContain('the chain went backwards');
    expect((await verifyAudit(store, anchor)).entries).toBe(1);
  });

  it('that is empty beside stored requests is not whole', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    await world.ask();
    const clock = world.clock;
    const known = { hasRequests: () => hasRequests(world.store) };
    const emptied = await verifyAudit(new MemoryAuditStore(clock), new MemoryAuditAnchor(), known);

    expect(emptied.problems).toMatchObject([{ problem: expect.stringContaining('requests are stored') }]);
    expect((await verifyAudit(world.auditStore, world.anchor, known)).problems).toEqual([]);
  });
});
