/** Somebody who can write the state container, and nothing else, makes requests look approved: nothing comes of it but an alarm. */
import { beforeEach, describe, expect, it } from 'vitest';
import { WardenError } from '../../src/core/errors.ts';
import { requestDigest } from '../../src/features/recovery/model/digest.ts';
import type { Outcome, RecoveryRecord } from '../../src/features/recovery/model/record.ts';
import { Recoveries } from '../../src/features/recovery/request/recoveries.ts';
import { WARDEN } from '../../src/features/recovery/request/state-machine.ts';
import { failureOf } from '../support/errors.ts';
import { person } from '../support/recovery-builders.ts';
import { RecoveryWorld } from '../support/recovery-world.ts';

let world: RecoveryWorld;
beforeEach(async () => {
  world = await RecoveryWorld.withDeletedKey();
});

/** Writes a whole record of the attacker's own, as approved by people who never did. */
async function plant(change: (real: RecoveryRecord) => Partial<RecoveryRecord>): Promise<string> {
  const real = await world.ask();
  const altered = { ...real, ...change(real) };
  const record = { ...altered, digest: requestDigest(altered) };
  const approvals = record.approvals.map((approval) => ({ ...approval, digest: record.digest }));
  world.plant(record.id, { ...record, approvals });
  return record.id;
}

function approvalOf(id: string, at: number) {
  return { by: person(id), groups: [], digest: '0'.repeat(64), at };
}

/** Refused, ended, noted, and reported at the highest severity, with the key where it was. */
async function expectRefused(id: string): Promise<void> {
  const deps = world.deps();
  await world.reconcile(deps);
  await world.deliver(id);
  await world.deliver(id);

  expect(world.hsm.active.has('orders')).toBe(false);
  expect(world.hsm.calls).not.toContain('recoverKey orders');
  expect(world.stored(id)).toMatchObject({
    state: 'failed',
    outcome: { code: 'record-unproven' },
    untold: [],
  });
  expect(world.audited).not.toContain('recovery-execution-started');
  expect(world.auditStore.lines.at(-1)).toContain('"code":"record-unproven"');
  const alarms = world.topic.accepted.filter(
    ({ data }) => 'severity' in data && data.severity === 'critical',
  );
  const data = { recoveryId: id, key: 'orders' };
  expect(alarms).toMatchObject([{ type: 'HsmWarden.RecoveryFailed', data }]);
}

describe('a stored request', () => {
  it('forged whole, with invented people and its own word that all is audited, is refused', async () => {
    const id = await plant(({ createdAt }) => ({
      id: 'z'.repeat(26),
      state: 'approved',
      approvals: [approvalOf('mallory', createdAt + 1), approvalOf('trudy', createdAt + 2)],
      facts: 4,
      audited: 4,
      untold: [],
    }));

    await expectRefused(id);
  });

  it('with a rule of one, found by the reconcile timer, is refused', async () => {
    const id = await plant(({ createdAt }) => ({
      id: 'y'.repeat(26),
      state: 'approved',
      rule: { approvals: 1, groups: [] },
      approvals: [approvalOf('mallory', createdAt + 1)],
      untold: [],
    }));

    await expectRefused(id);
  });

  it('whose forged approvals wait to be published is not noted on behalf of those people', async () => {
    const id = await plant(({ createdAt }) => ({
      id: 'x'.repeat(26),
      state: 'approved',
      approvals: [approvalOf('mallory', createdAt + 1), approvalOf('trudy', createdAt + 2)],
      facts: 4,
      untold: [
        { n: 1, kind: 'requested', at: createdAt, by: person('alice') },
        { n: 2, kind: 'approval-given', at: createdAt, by: person('mallory') },
        { n: 3, kind: 'approval-given', at: createdAt, by: person('trudy') },
        { n: 4, kind: 'approved', at: createdAt, by: person('trudy') },
      ],
    }));
    await world.clock.advance(60_000);

    await expectRefused(id);
    expect(world.audited).not.toContain('recovery-approval-given');
    expect(world.topic.accepted.map(({ type }) => type)).not.toContain('HsmWarden.RecoveryApprovalGiven');
  });

  it('whose forged approval is stored a moment before a real one is not noted along with that', async () => {
    const asked = await world.ask();
    world.change(asked.id, (record) => ({
      ...record,
      approvals: [{ ...approvalOf('mallory', world.clock.now()), digest: record.digest }],
      facts: 2,
      untold: [{ n: 2, kind: 'approval-given', at: world.clock.now(), by: person('mallory') }],
    }));
    const { id } = await world.approve(asked, 'bob');

    expect(world.auditStore.lines.join('')).not.toContain('mallory');
    await expectRefused(id);
  });

  it('to which a second approval was appended is refused', async () => {
    const { id, digest } = await world.approve(await world.ask(), 'bob');
    world.change(id, (record) => ({
      ...record,
      state: 'approved',
      approvals: [...record.approvals, { ...approvalOf('carol', record.createdAt + 2), digest }],
    }));

    await expectRefused(id);
  });

  it('of which an approver was given other groups is refused', async () => {
    const record = await world.ask();
    await world.approve(record, 'bob', ['security']);
    const { id } = await world.approve(record, 'carol', ['security']);
    world.change(id, (stored) => ({
      ...stored,
      approvals: stored.approvals.map((approval, index) => ({
        ...approval,
        groups: index === 0 ? ['key-owner'] : approval.groups,
      })),
    }));

    await expectRefused(id);
  });

  it.each([
    { name: 'rejected', by: 'bob' },
    { name: 'cancelled', by: 'alice' },
  ])('that was $name and is set back to approved is refused', async ({ name, by }) => {
    const { id } = await world.approved();
    const approved = world.stored(id);
    const type = name === 'rejected' ? 'reject' : 'cancel';
    await new Recoveries(world.deps()).command(id, { type, by: person(by), reason: 'no' });
    world.plant(id, approved);

    await expectRefused(id);
  });
});

it('a finished recovery that is set back to approved is not executed a second time', async () => {
  const { id } = await world.approved();
  const approved = world.stored(id);
  await world.deliver(id);
  expect(world.stored(id).state).toBe('succeeded');
  world.hsm.deleteKey('orders');
  world.plant(id, approved);

  await world.deliver(id);

  expect(world.hsm.active.has('orders')).toBe(false);
  expect(world.stored(id)).toMatchObject({
    state: 'failed',
    outcome: { code: 'record-unproven', message: expect.stringContaining('recovery-succeeded') },
  });
});

it('a request swapped between its claim and its execution is not executed', async () => {
  const { id } = await world.approved();
  world.hsm.createKey('payroll');
  world.hsm.deleteKey('payroll');
  world.topic.faults.plant({
    operation: 'accept',
    subject: 'HsmWarden.RecoveryStarted',
    act: () =>
      world.change(id, (record) => ({ ...record, operation: { ...record.operation, key: 'payroll' } })),
  });

  await world.deliver(id);

  expect(world.hsm.active.size).toBe(0);
  expect(world.stored(id).state).not.toBe('succeeded');
});

describe('a success that never was', () => {
  it('written into a request is neither noted nor published', async () => {
    const { id } = await world.approved();
    world.change(id, (record) => ({
      ...record,
      state: 'succeeded',
      outcome: { result: 'succeeded', step: 'done', message: 'all is well', verified: 2, warnings: [] },
      endedAt: record.createdAt + 5,
      facts: record.facts + 1,
      untold: [{ n: record.facts + 1, kind: 'succeeded', at: record.createdAt, by: person('mallory') }],
    }));
    await world.clock.advance(60_000);

    await world.reconcile();

    expect(world.audited).not.toContain('recovery-succeeded');
    expect(world.topic.accepted.map(({ type }) => type)).not.toContain('HsmWarden.RecoverySucceeded');
    expect(world.logger.lines.at(-1)).toMatchObject({ level: 'error' });
  });
});

/** A request whose execution has begun and was put back: the HSM did not answer. */
async function begun(): Promise<string> {
  const { id } = await world.approved();
  const busy = new WardenError('hsm-busy', { message: 'No answer.' });
  world.hsm.faults.fail('recoverKey', busy, { times: 99 });
  expect(await world.deliver(id)).toBe('yielded');
  return id;
}

const SUCCESS: Outcome = { result: 'succeeded', step: 'done', message: 'fine', verified: 2, warnings: [] };

describe('a success of an execution that has begun and not ended', () => {
  it('written into the store is neither published nor shown', async () => {
    const id = await begun();
    world.change(id, (record) => ({
      ...record,
      state: 'succeeded',
      outcome: SUCCESS,
      facts: record.facts + 1,
      untold: [{ n: record.facts + 1, kind: 'succeeded', at: record.createdAt, by: WARDEN }],
    }));
    await world.clock.advance(60_000);
    const recoveries = new Recoveries(world.deps());

    expect((await failureOf(recoveries.get(id))).code).toBe('record-unproven');
    await world.reconcile();
    expect(world.audited).not.toContain('recovery-succeeded');
    expect(world.topic.accepted.map(({ type }) => type)).not.toContain('HsmWarden.RecoverySucceeded');
  });

  it.each([
    { name: 'written into a request that is still open', by: WARDEN },
    { name: 'written in the name of a person', by: person('mallory') },
  ])('$name is not published', async ({ by }) => {
    const id = await begun();
    world.change(id, (record) => ({
      ...record,
      facts: record.facts + 1,
      untold: [{ n: record.facts + 1, kind: 'succeeded', at: record.createdAt, by }],
    }));
    await world.clock.advance(60_000);

    await world.reconcile();

    expect(world.audited).not.toContain('recovery-succeeded');
    expect(world.stored(id)).toMatchObject({ state: 'failed', outcome: { code: 'record-unproven' } });
  });
});

describe('the audit log, read again before each execution', () => {
  it.each([
    {
      name: 'a line of today is changed',
      change: (lines: string[]) => lines.map((line) => line.replace('alice', 'mallo')),
    },
    { name: 'its last line is cut off', change: (lines: string[]) => lines.slice(0, -1) },
    { name: 'it is emptied', change: () => [] },
  ])('stops the execution when $name, though the gate was proven a moment before', async ({ change }) => {
    const { id } = await world.approved();
    const deps = world.deps();
    await deps.gate.pass();
    await deps.evidence.of(id);
    world.auditStore.rewrite(change);

    expect(await world.deliver(id, deps)).toBe('yielded');
    expect(world.hsm.calls).not.toContain('recoverKey orders');
  });
});
