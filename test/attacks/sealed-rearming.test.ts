/** Somebody who can write state and audit log together wants to arm the gate again: where decisions are sealed, only people do. */
import { describe, expect, it } from 'vitest';
import { canonicalDigest, canonicalJson } from '../../src/core/canonical-json.ts';
import { WardenError } from '../../src/core/errors.ts';
import type { PinnedKey } from '../../src/core/seal/pinned-keys.ts';
import { chainEntry, EMPTY_CHAIN, entryLine, parseEntry } from '../../src/features/audit/entry.ts';
import { judgeOf } from '../../src/features/audit/line-seals.ts';
import { verifyAudit } from '../../src/features/audit/verify-audit.ts';
import { auditProof } from '../../src/features/recovery/access/audit-proof.ts';
import { Rearmings } from '../../src/features/recovery/rearming/rearming.ts';
import { failureOf } from '../support/errors.ts';
import { DAY_MS, person } from '../support/recovery-builders.ts';
import { RecoveryWorld } from '../support/recovery-world.ts';

const SEGMENT = 's'.repeat(26);

async function breached(sealed = true) {
  const world = await RecoveryWorld.withDeletedKey();
  if (sealed) world.sealDecisions();
  // By what is pinned when it is asked.
  const seals = { judge: () => judgeOf(world.decisions) };
  const memory = { seen: () => undefined, hasRequests: async () => world.requests > 0, seals };
  const proof = auditProof(world.auditStore, world.anchor, world.clock, async () => undefined, memory);
  world.proofs.audit = () => proof(true);
  await world.ask();
  await world.deps().gate.disarm('audit: a line was changed');
  return world;
}

const isArmed = async (world: RecoveryWorld) => (await world.deps().gate.verdict()).armed;
const rearm = async (world: RecoveryWorld) => {
  const { digest } = await new Rearmings(world.deps()).ask(person('alice'), 'a script wrote a line');
  await new Rearmings(world.deps()).approve(person('bob'), [], digest);
  return new Rearmings(world.deps()).approve(person('carol'), [], digest);
};

/** The whole of a decision: beside the log, in a segment of its own, and what remembers the end points there. */
function forgeDecision(world: RecoveryWorld): void {
  const breaches = [...world.once.texts.keys()]
    .filter((name) => name.startsWith('breaches/'))
    .map((name) => ({ id: name.replace('breaches/', '').replace('.json', ''), at: 1, problem: 'nothing' }));
  const decision = { breaches, decided: [] };
  const digest = canonicalDigest(decision);
  const base = world.anchor.tip ?? EMPTY_CHAIN;
  const event = { event: 'log-rearmed', actor: person('mallory'), decision: 'allowed', digest } as const;
  const entry = chainEntry(base, event, 1, 1);
  world.once.texts.set(`rearmings/${digest}/requested.json`, canonicalJson(decision));
  const part = { segment: SEGMENT, day: '2026-01-01', number: 1 };
  world.auditStore.contents.push({ part, text: entryLine(entry) });
  const segment = { name: SEGMENT, base: { seq: base.seq, hash: base.hash }, armed: entry.hash };
  world.anchor.tip = { seq: entry.seq, hash: entry.hash, segment };
}

describe('state and audit log together', () => {
  it('arm nothing by a whole decision of one’s own', async () => {
    const world = await breached();
    forgeDecision(world);

    expect(await world.breaches().open()).toMatchObject([{ problem: 'audit: a line was changed' }]);
    expect(await isArmed(world)).toBe(false);
    const { problems } = await verifyAudit(world.auditStore, world.anchor, { seals: world.decisions });
    expect(problems.map(({ problem }) => problem).join()).toContain('nobody decided');
    expect(await failureOf(world.deps().evidence.of('x'))).toMatchObject({
      code: 'audit-corrupt',
      message: expect.stringContaining('nobody decided'),
    });
  });

  it('do where decisions are not sealed: nothing there can show it', async () => {
    const world = await breached(false);
    forgeDecision(world);

    expect(await isArmed(world)).toBe(true);
  });

  it.each([{ name: 'asked for' }, { name: 'approved' }])(
    'arm nothing by a decision that nobody $name',
    async ({ name: forged }) => {
      const world = await breached();
      const asked = await new Rearmings(world.deps()).ask(person('alice'), 'why');
      const stored = JSON.parse(world.store.documents.get('rearming')?.text ?? '{}');
      const proposal = forged === 'approved' ? stored.proposal : { ...stored.proposal, reason: 'another' };
      const digest = canonicalDigest(proposal);
      const approval = { at: world.clock.now(), by: person('mallory'), digest, groups: [] };
      world.once.texts.set(`rearmings/${digest}/requested.json`, canonicalJson(proposal));
      if (forged === 'approved') {
        world.once.texts.set(`rearmings/${digest}/approved-mallory.json`, canonicalJson(approval));
      }
      const approvals = forged === 'approved' ? [approval] : [];
      world.store.documents.set('rearming', {
        etag: '"planted"',
        text: JSON.stringify({ ...stored, digest, proposal, approvals }),
      });
      expect(digest === asked.digest).toBe(forged === 'approved');

      const approve = (id: string) => new Rearmings(world.deps()).approve(person(id), [], digest);
      if (forged !== 'approved') await approve('carol');
      const failure = await failureOf(approve('bob'));

      expect(failure).toMatchObject({
        code: 'record-unproven',
        message: expect.stringContaining('no seal says'),
      });
      expect(await isArmed(world)).toBe(false);
    },
  );
});

describe('the audit container', () => {
  it('does not begin the segment before the people do', async () => {
    const world = await breached();
    const { digest, proposal } = await new Rearmings(world.deps()).ask(person('alice'), 'why');
    await new Rearmings(world.deps()).approve(person('bob'), [], digest);
    const event = { event: 'log-rearmed', actor: person('mallory'), decision: 'allowed', digest } as const;
    const text = entryLine(chainEntry(proposal.base, event, 1, 1));
    world.auditStore.contents.push({ part: { segment: proposal.next, day: '2026-01-01', number: 1 }, text });

    const failure = await failureOf(new Rearmings(world.deps()).approve(person('carol'), [], digest));

    expect(failure.code).toBe('state-conflict');
    expect(world.anchor.tip?.segment).toBeUndefined();
    expect((await rearm(world)).done).toBe(true);
  });
});

describe('people', () => {
  it('arm it again, by sealed lines, whatever was forged before', async () => {
    const world = await breached();
    forgeDecision(world);
    expect(await isArmed(world)).toBe(false);

    expect((await rearm(world)).done).toBe(true);

    expect((await world.deps().gate.verdict()).problems).toEqual([]);
    const last = world.auditStore.lines.slice(-4).map((line) => parseEntry(line));
    expect(last.map((entry) => [entry?.event, entry?.seal !== undefined])).toEqual([
      ['rearming-requested', true],
      ['rearming-approval-given', true],
      ['rearming-approval-given', true],
      ['log-rearmed', true],
    ]);
    const verdict = await verifyAudit(world.auditStore, world.anchor, { seals: world.decisions });
    expect(verdict).toMatchObject({ problems: [], sealed: 4 });
    const { id } = await world.approved();
    await world.deliver(id);
    expect(world.stored(id).state).toBe('succeeded');
  });

  it.each<{ name: string; former: (pin: PinnedKey) => readonly PinnedKey[]; stays: boolean }>([
    {
      name: 'retired by an until',
      former: (pin) => [{ ...pin, until: '2026-12-31T00:00:00Z' }],
      stays: true,
    },
    { name: 'revoked', former: (pin) => [{ ...pin, revoked: true }], stays: false },
    { name: 'not pinned any more', former: () => [], stays: false },
  ])('have armed it for good, unless the key of their decision is $name: $stays', async (change) => {
    const world = await breached();
    await rearm(world);
    const { pin } = world.sealer ?? world.sealDecisions();
    const sealer = world.sealDecisions();
    sealer.usePins({ deployment: 'test', keys: [...change.former(pin), sealer.pin] });
    await world.clock.advance(DAY_MS);

    expect(await isArmed(world)).toBe(change.stays);
    const { problems } = await verifyAudit(world.auditStore, world.anchor, { seals: world.decisions });
    const decided = change.stays ? [] : [expect.stringContaining('nobody decided')];
    expect(problems.map(({ problem }) => problem)).toEqual(decided);
    expect(await world.breaches().open()).toHaveLength(change.stays ? 0 : 2);
    if (change.stays) return;

    await rearm(world);
    expect((await world.deps().gate.verdict()).problems).toEqual([]);
  });

  it('arm nothing while the sealing key is out of reach, and then do', async () => {
    const world = await breached();
    world.sealer?.faults.fail('seal', new WardenError('seal-unavailable', { message: 'The vault is away.' }));

    expect((await failureOf(rearm(world))).code).toBe('seal-unavailable');
    expect(world.store.documents.has('rearming')).toBe(false);

    expect((await rearm(world)).done).toBe(true);
    expect(await isArmed(world)).toBe(true);
  });

  it('arm it although the process died before what remembers the end was written', async () => {
    const world = await breached();
    const { digest } = await new Rearmings(world.deps()).ask(person('alice'), 'why');
    await new Rearmings(world.deps()).approve(person('bob'), [], digest);
    const restart = world.anchor.restart.bind(world.anchor);
    world.anchor.restart = () => Promise.reject(new Error('killed'));
    await expect(new Rearmings(world.deps()).approve(person('carol'), [], digest)).rejects.toThrow('killed');
    world.anchor.restart = restart;

    expect((await new Rearmings(world.deps()).approve(person('dora'), [], digest)).done).toBe(true);
    expect(await isArmed(world)).toBe(true);
  });
});
