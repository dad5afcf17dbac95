/** Somebody who can merely write storage wants to arm the gate again, or to put it to sleep for good: neither comes of it. */
import { beforeEach, describe, expect, it } from 'vitest';
import { canonicalDigest, canonicalJson } from '../../src/core/canonical-json.ts';
import { chainEntry, EMPTY_CHAIN, entryLine } from '../../src/features/audit/entry.ts';
import { auditProof } from '../../src/features/recovery/access/audit-proof.ts';
import { Rearmings } from '../../src/features/recovery/rearming/rearming.ts';
import { failureOf } from '../support/errors.ts';
import { person } from '../support/recovery-builders.ts';
import { RecoveryWorld } from '../support/recovery-world.ts';

const SEGMENT = 's'.repeat(26);
let world: RecoveryWorld;
beforeEach(async () => {
  world = await RecoveryWorld.withDeletedKey();
  const memory = { seen: () => undefined, hasRequests: async () => world.requests > 0 };
  const proof = auditProof(world.auditStore, world.anchor, world.clock, async () => undefined, memory);
  world.proofs.audit = () => proof(true);
  await world.ask();
  await world.deps().gate.disarm('audit: a line was changed');
});

const isArmed = async () => (await world.deps().gate.verdict()).armed;

/** The beginning of a segment that nobody decided about, and the decision that it names. */
function forged() {
  const breaches = [...world.once.texts.keys()]
    .filter((name) => name.startsWith('breaches/'))
    .map((name) => ({ id: name.replace('breaches/', '').replace('.json', ''), at: 1, problem: 'nothing' }));
  const decision = { breaches, decided: [] };
  const digest = canonicalDigest(decision);
  const actor = person('mallory');
  const base = world.anchor.tip ?? EMPTY_CHAIN;
  const entry = chainEntry(base, { event: 'log-rearmed', actor, decision: 'allowed', digest }, 1, 1);
  return {
    digest,
    base: { seq: base.seq, hash: base.hash },
    entry,
    writeAudit() {
      world.once.texts.set(`rearmings/${digest}/requested.json`, canonicalJson(decision));
      world.auditStore.contents.push({
        part: { segment: SEGMENT, day: '2026-01-01', number: 1 },
        text: entryLine(entry),
      });
    },
  };
}

describe('the audit container alone', () => {
  it('arms nothing by a segment and a decision of one’s own', async () => {
    forged().writeAudit();

    expect(await isArmed()).toBe(false);
  });

  it('approves nothing: approvals planted beside the log are in no decision', async () => {
    const rearmings = new Rearmings(world.deps());
    const { digest } = await rearmings.ask(person('alice'), 'why');
    for (const id of ['mallory', 'trudy']) {
      const approval = { at: world.clock.now(), by: person(id), digest, groups: [] };
      world.once.texts.set(`rearmings/${digest}/approved-${id}.json`, canonicalJson(approval));
    }

    const { done } = await new Rearmings(world.deps()).approve(person('bob'), [], digest);

    expect(done).toBeUndefined();
    expect(await isArmed()).toBe(false);
  });

  it('cannot remove what was found by deleting it from the state, or by writing over the log', async () => {
    world.auditStore.rewrite((lines) => lines);
    world.store.documents.delete('rearming');

    expect(await isArmed()).toBe(false);
  });

  it('does not disarm for ever: however much is planted, people can decide about it', async () => {
    for (const name of ['breaches/a', 'breaches/b.json', 'breaches/c.txt', `rearmings/${'0'.repeat(64)}/x`]) {
      world.once.texts.set(name, 'junk');
    }
    const { digest } = await new Rearmings(world.deps()).ask(person('alice'), 'why');
    await new Rearmings(world.deps()).approve(person('bob'), [], digest);
    await new Rearmings(world.deps()).approve(person('carol'), [], digest);

    expect((await world.deps().gate.verdict()).problems).toEqual([]);
  });

  it.each([
    { name: 'half a character', problem: String.raw`\ud83d` },
    { name: 'a megabyte of words', problem: 'x'.repeat(1_000_000) },
  ])('does not disarm for ever by a finding that holds $name', async ({ problem }) => {
    world.once.texts.set('breaches/planted.json', `{"format":1,"at":1,"problem":"${problem}"}`);
    const { digest, proposal } = await new Rearmings(world.deps()).ask(person('alice'), 'why');
    await new Rearmings(world.deps()).approve(person('bob'), [], digest);
    await new Rearmings(world.deps()).approve(person('carol'), [], digest);

    expect(canonicalJson(proposal).length).toBeLessThan(10_000);
    expect((await world.deps().gate.verdict()).problems).toEqual([]);
  });
});

describe('the state container alone', () => {
  it('arms nothing by an anchor that points to a segment which is not there', async () => {
    const { base, entry } = forged();
    const segment = { name: SEGMENT, base, armed: entry.hash };
    world.anchor.tip = { seq: entry.seq, hash: entry.hash, segment };

    expect(await isArmed()).toBe(false);
    expect((await failureOf(world.deps().evidence.of('x'))).code).toBe('audit-corrupt');
  });

  it('makes no evidence of a segment whose beginning is not the decision that the anchor names', async () => {
    const attack = forged();
    attack.writeAudit();
    const { entry, base } = attack;
    const segment = { name: SEGMENT, base, armed: 'e'.repeat(64) };
    world.anchor.tip = { seq: entry.seq, hash: entry.hash, segment };

    const failure = await failureOf(world.deps().evidence.of('x'));

    expect(failure).toMatchObject({
      code: 'audit-corrupt',
      message: expect.stringContaining('nobody decided'),
    });
    expect(await isArmed()).toBe(false);
  });

  it('arms nothing by approvals of one’s own in the stored decision', async () => {
    const { digest } = await new Rearmings(world.deps()).ask(person('alice'), 'why');
    const held = world.store.documents.get('rearming');
    const stored = JSON.parse(held?.text ?? '{}');
    const approval = { by: person('mallory'), groups: [], digest, at: world.clock.now() };
    world.store.documents.set('rearming', {
      etag: '"planted"',
      text: JSON.stringify({ ...stored, approvals: [approval] }),
    });

    const failure = await failureOf(new Rearmings(world.deps()).approve(person('bob'), [], digest));

    expect(failure.code).toBe('record-unproven');
    expect(await isArmed()).toBe(false);
  });

  it('arms nothing by a whole decision of one’s own', async () => {
    const rearmings = new Rearmings(world.deps());
    const asked = await rearmings.ask(person('alice'), 'why');
    const proposal = { ...asked.proposal, rule: { approvals: 1, groups: [] }, requester: person('mallory') };
    const digest = canonicalDigest(proposal);
    const approval = { by: person('trudy'), groups: [], digest, at: world.clock.now() };
    world.store.documents.set('rearming', {
      etag: '"planted"',
      text: JSON.stringify({ format: 1, digest, proposal, approvals: [approval] }),
    });

    expect((await failureOf(rearmings.approve(person('bob'), [], digest))).code).toBe('record-unproven');
    expect(await isArmed()).toBe(false);
  });

  it('cannot go back to the segment that was broken', async () => {
    const before = world.anchor.tip;
    const { digest } = await new Rearmings(world.deps()).ask(person('alice'), 'why');
    await new Rearmings(world.deps()).approve(person('bob'), [], digest);
    await new Rearmings(world.deps()).approve(person('carol'), [], digest);
    expect(await isArmed()).toBe(true);
    world.anchor.tip = before;

    expect(await isArmed()).toBe(false);
  });
});
