/** What the state machine makes of a request, whole: every member, and every fact that the audit log will have. */
import { describe, expect, it } from 'vitest';
import type { Outcome, RecoveryRecord } from '../../../../src/features/recovery/model/record.ts';
import {
  applyCommand,
  type Command,
  openRequest,
  WARDEN,
} from '../../../../src/features/recovery/request/state-machine.ts';
import {
  aNewRequest,
  anApprovedRequest,
  aRequest,
  HOUR_MS,
  person,
  RULE,
  T0,
} from '../../../support/recovery-builders.ts';

const END = T0 + HOUR_MS;
const WHY = { code: 'throttled', message: 'the HSM is busy', nextAt: T0 + 60 };
const approved = anApprovedRequest();
const claim = (worker: string, until: number): Command => ({ type: 'claim', worker, until });
const held = applyCommand(approved, claim('w1', T0 + 100), T0 + 10, RULE);

/** `record` after `command`, and the fact that it added. */
function step(record: RecoveryRecord, command: Command, now: number) {
  const next = applyCommand(record, command, now, RULE);
  return { next, added: next.untold.slice(record.untold.length) };
}

describe('a new request', () => {
  it('says what was asked, from when to when, and nothing else', () => {
    const { ttlMs, ...asked } = aNewRequest();
    const record = openRequest(aNewRequest(), T0);

    expect(WARDEN).toEqual({ kind: 'service', id: 'hsm-warden', name: 'HSM Warden' });
    expect(record).toStrictEqual({
      ...asked,
      format: 1,
      state: 'requested',
      createdAt: T0,
      expiresAt: T0 + ttlMs,
      digest: record.digest,
      approvals: [],
      giveUps: 0,
      facts: 1,
      untold: [{ n: 1, at: T0, kind: 'requested', by: person('alice'), detail: 'deleted by mistake' }],
    });
  });
});

describe('an approval', () => {
  const bob: Command = { type: 'approve', by: person('bob'), groups: ['a'], digest: aRequest().digest };

  it('is kept with its groups and its digest, and noted with its detail if it has one', () => {
    const { next, added } = step(aRequest(), bob, T0 + 5);
    const detailed = step(aRequest(), { ...bob, detail: 'signed in by phone' }, T0 + 5);

    expect(next.approvals).toEqual([
      { by: person('bob'), groups: ['a'], digest: aRequest().digest, at: T0 + 5 },
    ]);
    expect(added).toStrictEqual([{ n: 2, at: T0 + 5, kind: 'approval-given', by: person('bob') }]);
    expect(detailed.added).toMatchObject([{ kind: 'approval-given', detail: 'signed in by phone' }]);
  });

  it('that completes the set is followed by the fact that it is approved; one beyond it is not', () => {
    const last = approved.untold.at(-1);
    const { next, added } = step(approved, { ...bob, by: person('dave') }, T0 + 9);

    expect(last).toStrictEqual({ n: 4, at: T0 + 2, kind: 'approved', by: WARDEN });
    expect(next).toMatchObject({ state: 'approved', facts: 5 });
    expect(added.map(({ kind }) => kind)).toEqual(['approval-given']);
  });

  it('does not complete the set while today’s policy asks for more', () => {
    const { state } = applyCommand(aRequest(), bob, T0, { approvals: 1, groups: [] });

    expect(state).toBe('requested');
  });
});

describe('an end by hand', () => {
  it.each([
    { type: 'reject' as const, by: person('dave'), state: 'rejected', digest: approved.digest },
    { type: 'cancel' as const, by: person('alice'), state: 'cancelled', digest: approved.digest },
    { type: 'reject' as const, by: person('dave'), state: 'rejected', digest: undefined },
    { type: 'cancel' as const, by: person('ALICE'), state: 'cancelled', digest: undefined },
  ])('($type) is dated, and noted with who and why', ({ type, by, state, digest }) => {
    const command = { type, by, reason: 'not needed', ...(digest !== undefined && { digest }) };
    const { next, added } = step(approved, command, END - 1);

    expect(next).toMatchObject({ state, endedAt: END - 1 });
    expect(added).toStrictEqual([{ n: 5, at: END - 1, kind: state, by, detail: 'not needed' }]);
  });

  it.each([aRequest(), approved])('by time is nobody’s, and has no reason (%#)', (record) => {
    const { next, added } = step(record, { type: 'expire' }, END);

    expect(next).toMatchObject({ state: 'expired', endedAt: END });
    expect(added).toStrictEqual([{ n: record.facts + 1, at: END, kind: 'expired', by: WARDEN }]);
  });
});

describe('a claim', () => {
  it('begins the execution, and says which worker did', () => {
    const { next, added } = step(approved, claim('w1', T0 + 100), T0 + 10);

    expect(next).toMatchObject({ state: 'executing', claim: { worker: 'w1', until: T0 + 100 } });
    expect(added).toStrictEqual([{ n: 5, at: T0 + 10, kind: 'execution-started', by: WARDEN, detail: 'w1' }]);
  });

  it.each([
    { name: 'that lapsed', record: held, now: T0 + 100 },
    { name: 'that lapsed, after the end of the request', record: held, now: END + 1 },
    { name: 'that is missing', record: { ...approved, state: 'executing' as const }, now: T0 + 10 },
  ])('is taken over from one $name', ({ record, now }) => {
    const { next, added } = step(record, claim('w2', now + 100), now);

    expect(next.claim).toEqual({ worker: 'w2', until: now + 100 });
    expect(added).toMatchObject([{ kind: 'execution-resumed', detail: 'w2' }]);
  });
});

describe('an attempt that came to nothing', () => {
  const waits = { ...WHY, since: T0 + 20 };

  it.each([
    { name: 'that failed', stopped: {}, giveUps: 1 },
    { name: 'of an app that stops', stopped: { stopped: true }, giveUps: 0 },
    { name: 'of an app that does not stop', stopped: { stopped: false }, giveUps: 1 },
  ])('$name lets go of the claim at once and is counted $giveUps times', ({ stopped, giveUps }) => {
    const command: Command = { type: 'give-up', worker: 'w1', why: WHY, ...stopped };
    const { next, added } = step(held, command, T0 + 20);

    expect(next).toEqual({ ...held, claim: { worker: 'w1', until: T0 + 20 }, giveUps, waitsFor: waits });
    expect(added).toEqual([]);
  });

  it('keeps since when there are such', () => {
    const first = applyCommand(held, { type: 'give-up', worker: 'w1', why: WHY }, T0 + 20, RULE);
    const again = applyCommand(first, claim('w2', T0 + 100), T0 + 30, RULE);
    const why = { ...WHY, message: 'it is still busy' };
    const { next } = step(again, { type: 'give-up', worker: 'w2', why }, T0 + 40);

    expect(next).toMatchObject({ giveUps: 2, waitsFor: { ...why, since: T0 + 20 } });
  });

  it.each([
    { name: 'approved', record: approved, now: T0 + 20, noted: true },
    { name: 'held', record: held, now: T0 + 99, noted: false },
    { name: 'held until now', record: held, now: T0 + 100, noted: true },
    { name: 'held by nobody', record: { ...approved, state: 'executing' as const }, now: T0, noted: true },
    { name: 'not approved', record: aRequest(), now: T0 + 20, noted: false },
    { name: 'rejected', record: { ...held, state: 'rejected' as const }, now: T0 + 100, noted: false },
  ])('before one could begin is noted of a request that is $name: $noted', ({ record, now, noted }) => {
    const { next } = step(record, { type: 'wait', why: WHY }, now);

    expect(next).toEqual(noted ? { ...record, waitsFor: { ...WHY, since: now } } : record);
  });
});

describe('the end of an execution', () => {
  const outcome: Outcome = { result: 'succeeded', step: 'verify', message: 'It is back.', warnings: [] };

  it('drops the claim and what was waited for', () => {
    const waiting = applyCommand(held, { type: 'give-up', worker: 'w1', why: WHY }, T0 + 20, RULE);
    const { next, added } = step(waiting, { type: 'finish', worker: 'w1', outcome }, T0 + 30);
    const { claim: _claim, waitsFor: _waits, ...rest } = waiting;
    const fact = { n: 6, at: T0 + 30, kind: 'succeeded', by: WARDEN, detail: 'It is back.' };

    expect(added).toStrictEqual([fact]);
    expect(next).toStrictEqual({
      ...rest,
      state: 'succeeded',
      outcome,
      endedAt: T0 + 30,
      facts: 6,
      untold: [...rest.untold, fact],
    });
  });

  it.each<{ result: Outcome['result']; advice: { advice?: string }; detail: string }>([
    { result: 'succeeded', advice: { advice: 'Look at it.' }, detail: 'It is back.' },
    { result: 'failed', advice: { advice: 'Look at it.' }, detail: 'It is back.' },
    {
      result: 'restored-other-key',
      advice: { advice: 'Delete it.' },
      detail: 'It is back. Delete it.',
    },
    { result: 'restored-other-key', advice: {}, detail: 'It is back.' },
  ])('notes $result with $advice as: $detail', ({ result, advice, detail }) => {
    const command: Command = { type: 'finish', worker: 'w1', outcome: { ...outcome, result, ...advice } };

    expect(step(held, command, T0 + 20).added).toMatchObject([{ kind: result, detail }]);
  });
});
