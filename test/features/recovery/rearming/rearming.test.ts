/** A finding shuts the gate of every process, and only people who decide about exactly that arm it again. */
import { describe, expect, it } from 'vitest';
import { parseEntry } from '../../../../src/features/audit/entry.ts';
import { verifyAudit } from '../../../../src/features/audit/verify-audit.ts';
import { auditProof } from '../../../../src/features/recovery/access/audit-proof.ts';
import { Rearmings } from '../../../../src/features/recovery/rearming/rearming.ts';
import { failureOf } from '../../../support/errors.ts';
import { DAY_MS, person } from '../../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

/** One process: its gate with the proof of the log, and the decisions that are taken in it. */
function aProcess(world: RecoveryWorld) {
  const deps = world.deps();
  const memory = { seen: () => undefined, hasRequests: async () => world.requests > 0 };
  const proof = auditProof(world.auditStore, world.anchor, world.clock, async () => undefined, memory);
  world.proofs.audit = () => proof(false);
  return { ...deps, rearmings: new Rearmings(deps) };
}

/** A world whose log was found broken, by a process that is gone. */
async function breached(change = (lines: string[]) => [...lines, 'junk']) {
  const world = await RecoveryWorld.withDeletedKey();
  const open = await world.ask();
  world.auditStore.rewrite(change);
  const { gate } = aProcess(world);
  expect((await gate.verdict()).armed).toBe(false);
  return { world, open };
}

async function rearm(world: RecoveryWorld, people: readonly string[] = ['bob', 'carol']) {
  const asked = await aProcess(world).rearmings.ask(person('alice'), 'a script wrote a line by mistake');
  let rearming = asked;
  for (const id of people) rearming = await aProcess(world).rearmings.approve(person(id), [], asked.digest);
  return rearming;
}

describe('a finding', () => {
  it('shuts the gate of every process at once, also of one that proved everything a moment before', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    await world.ask();
    const before = aProcess(world);
    expect((await before.gate.verdict()).armed).toBe(true);
    await aProcess(world).gate.disarm('audit: a line was changed');

    expect(await before.gate.verdict()).toMatchObject({
      armed: false,
      problems: ['audit: a line was changed'],
    });
    expect((await failureOf(before.gate.pass())).code).toBe('gate-disarmed');
  });

  it('stays although the log is put right, a day passes and every process is another', async () => {
    const { world } = await breached();
    world.auditStore.rewrite((lines) => lines.slice(0, -1));
    await world.clock.advance(2 * DAY_MS);

    expect((await aProcess(world).gate.check()).armed).toBe(false);
    expect((await failureOf(world.ask())).code).toBe('gate-disarmed');
  });

  it('is kept once, however many processes find it', async () => {
    const { world } = await breached();
    for (const _ of [1, 2, 3]) await aProcess(world).gate.check();

    expect([...world.once.texts.keys()].filter((name) => name.startsWith('breaches/'))).toHaveLength(1);
  });

  it('that cannot be kept keeps the gate of its process shut, and is kept later', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    await world.ask();
    const { gate } = aProcess(world);
    world.once.faults.plant({ operation: 'write', act: () => Promise.reject(new Error('down')) });
    await gate.disarm('audit: a line was changed');
    expect(world.once.texts.size).toBe(0);

    expect((await gate.verdict()).armed).toBe(false);
    expect((await aProcess(world).gate.verdict()).armed).toBe(false);
  });

  it('whose place cannot be read disarms as long as that lasts', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    await world.ask();
    const { gate } = aProcess(world);
    world.once.faults.plant({ operation: 'list', act: () => Promise.reject(new Error('down')) });

    expect((await gate.verdict()).problems.join()).toContain('could not be proven');
    expect((await gate.verdict()).armed).toBe(true);
  });

  it.each(['not JSON', '{"format":1}', ''])('that says %j counts, too', async (text) => {
    const world = await RecoveryWorld.withDeletedKey();
    world.once.texts.set('breaches/x.json', text);

    expect((await aProcess(world).gate.verdict()).problems.join()).toContain('cannot be read');
  });
});

describe('arming the gate again', () => {
  it('takes the people of the policy, records what was found, and lets the log go on', async () => {
    const { world, open } = await breached();
    const asked = await aProcess(world).rearmings.ask(person('alice'), 'a script wrote a line by mistake');
    expect(asked.proposal.breaches).toMatchObject([{ problem: expect.stringContaining('not an entry') }]);
    await aProcess(world).rearmings.approve(person('bob'), [], asked.digest);
    expect((await aProcess(world).gate.verdict()).armed).toBe(false);

    await aProcess(world).rearmings.approve(person('carol'), [], asked.digest);

    expect((await aProcess(world).gate.verdict()).armed).toBe(true);
    expect((await verifyAudit(world.auditStore, world.anchor)).problems).toEqual([]);
    const events = world.auditStore.lines.slice(-4).map((line) => parseEntry(line)?.event);
    expect(events).toEqual([
      'rearming-requested',
      'rearming-approval-given',
      'rearming-approval-given',
      'log-rearmed',
    ]);
    expect(world.topic.accepted.map(({ type }) => type)).toContain('HsmWarden.RecoveryGateRearmed');
    // What was asked for before is no longer borne out: it is made again.
    const { id } = await world.approved();
    expect(id).not.toBe(open.id);
    expect(await world.deliver(id)).toBe('ended');
    expect(world.stored(id).state).toBe('succeeded');
    expect((await verifyAudit(world.auditStore, world.anchor)).problems).toEqual([]);
  });

  it.each([
    { name: 'a removed line', change: (lines: string[]) => lines.slice(1) },
    { name: 'a line cut off', change: (lines: string[]) => lines.slice(0, -1) },
    { name: 'an emptied log', change: () => [] },
  ])('works after $name', async ({ change }) => {
    const { world } = await breached(change);

    await rearm(world);

    expect((await aProcess(world).gate.verdict()).problems).toEqual([]);
    await world.ask();
  });

  it('works after the anchor was deleted, and after it was made unreadable', async () => {
    const { world } = await breached();
    world.anchor.tip = undefined;

    await rearm(world);

    expect((await aProcess(world).gate.verdict()).armed).toBe(true);
  });

  it('works again after the next junk line, and the one after', async () => {
    const { world } = await breached();
    for (const round of [1, 2, 3]) {
      await rearm(world);
      expect((await aProcess(world).gate.verdict()).armed).toBe(true);
      const segment = world.anchor.tip?.segment?.name;
      const content = world.auditStore.contents.find(({ part }) => part.segment === segment);
      if (content !== undefined) content.text += `junk ${round}\n`;
      expect((await aProcess(world).gate.check()).armed).toBe(false);
    }
  });

  it('lets a process that lived through it go on, with nothing it remembers in the way', async () => {
    const { world } = await breached();
    const old = aProcess(world);
    await failureOf(old.gate.pass());
    await rearm(world);

    await old.gate.pass();
    await old.audit.note({ event: 'noted', actor: person('bob'), decision: 'noted' });
    expect((await old.evidence.of('none')).lines).toBe(0);
  });

  it('does not cover what is found after it was asked for', async () => {
    const { world } = await breached();
    const asked = await aProcess(world).rearmings.ask(person('alice'), 'why');
    await aProcess(world).gate.disarm('audit: another thing');
    await aProcess(world).rearmings.approve(person('bob'), [], asked.digest);
    await aProcess(world).rearmings.approve(person('carol'), [], asked.digest);

    expect((await aProcess(world).gate.verdict()).problems).toEqual(['audit: another thing']);
  });

  it.each([
    { name: 'by the one who asked', people: ['bob', 'alice'], code: 'own-request' },
    { name: 'by one person twice', people: ['bob', 'BOB'], code: 'approved-already' },
  ])('is not done $name', async ({ people, code }) => {
    const { world } = await breached();

    expect((await failureOf(rearm(world, people))).code).toBe(code);
    expect((await aProcess(world).gate.verdict()).armed).toBe(false);
  });

  it('asks for what the strictest rule of today asks for', async () => {
    const { world } = await breached();
    world.policy = { ...world.policy, rules: [{ pattern: 'payments-*', approvals: 3 }] };

    expect((await rearm(world)).done).toBeUndefined();
    expect((await aProcess(world).gate.verdict()).armed).toBe(false);
  });

  it('is refused when nothing was found, and while identity cannot be proven', async () => {
    const world = await RecoveryWorld.withDeletedKey();
    await world.ask();
    expect((await failureOf(aProcess(world).rearmings.ask(person('alice'), 'why'))).code).toBe(
      'nothing-to-rearm',
    );
    world.proofs.identity = async () => 'a forged token was accepted';
    await aProcess(world).gate.disarm('audit: a line was changed');

    expect((await failureOf(aProcess(world).rearmings.ask(person('alice'), 'why'))).code).toBe(
      'gate-disarmed',
    );
  });

  it('is done although the process died before the anchor was written', async () => {
    const { world } = await breached();
    const asked = await aProcess(world).rearmings.ask(person('alice'), 'why');
    await aProcess(world).rearmings.approve(person('bob'), [], asked.digest);
    const restart = world.anchor.restart.bind(world.anchor);
    world.anchor.restart = () => Promise.reject(new Error('killed'));
    const died = aProcess(world).rearmings.approve(person('carol'), [], asked.digest);
    await expect(died).rejects.toThrow('killed');
    world.anchor.restart = restart;

    expect((await aProcess(world).rearmings.approve(person('dora'), [], asked.digest)).done).toBe(true);
    expect((await aProcess(world).gate.verdict()).armed).toBe(true);
  });
});
