/** The state machine command by command, at its edges. */

import { describe, expect, it } from 'vitest';
import type { Actor } from '../../../../src/core/model/names.ts';
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
const OUTCOME = {
  result: 'succeeded',
  step: 'verify',
  message: 'the key is back',
  warnings: [],
} satisfies Outcome;

function approve(id: string, digest = aRequest().digest, groups: readonly string[] = []): Command {
  return { type: 'approve', by: person(id), groups, digest };
}

function fromWebhook(): Command {
  const by: Actor = { kind: 'webhook', id: 'hook', name: 'hook' };
  return { type: 'approve', by, groups: [], digest: aRequest().digest };
}

describe('approving', () => {
  it('takes two people to approve', () => {
    const once = applyCommand(aRequest(), approve('bob'), T0, RULE);
    const twice = applyCommand(once, approve('carol'), T0, RULE);

    expect([once.state, twice.state]).toEqual(['requested', 'approved']);
    expect(twice.untold.map(({ kind }) => kind)).toEqual([
      'requested',
      'approval-given',
      'approval-given',
      'approved',
    ]);
  });

  it.each([
    { name: 'by the requester', command: approve('alice'), code: 'own-request' },
    { name: 'by the requester in other letters', command: approve('Alice'), code: 'own-request' },
    { name: 'with another digest', command: approve('bob', '0'.repeat(64)), code: 'digest-mismatch' },
    {
      name: 'by a webhook',
      command: fromWebhook(),
      code: 'role-missing',
    },
  ])('is refused $name', ({ command, code }) => {
    expect(() => applyCommand(aRequest(), command, T0, RULE)).toThrow(expect.objectContaining({ code }));
  });

  it('is refused a second time from the same person', () => {
    const once = applyCommand(aRequest(), approve('bob'), T0, RULE);

    expect(() => applyCommand(once, approve('BOB'), T0, RULE)).toThrow(
      expect.objectContaining({ code: 'approved-already' }),
    );
  });

  it.each([
    { name: 'just before the end', now: END - 1, code: undefined },
    { name: 'at the end', now: END, code: 'recovery-expired' },
    { name: 'after the end', now: END + 1, code: 'recovery-expired' },
  ])('counts the time: $name', ({ now, code }) => {
    const attempt = () => applyCommand(aRequest(), approve('bob'), now, RULE);

    if (code === undefined) expect(attempt().approvals).toHaveLength(1);
    else expect(attempt).toThrow(expect.objectContaining({ code }));
  });

  it('needs a different person for every group', () => {
    const asked = openRequest(aNewRequest({ rule: { approvals: 2, groups: ['security', 'key-owner'] } }), T0);
    const both = ['security', 'key-owner'];
    const bob = applyCommand(asked, approve('bob', asked.digest, both), T0, asked.rule);
    const eve = applyCommand(bob, approve('eve', asked.digest, []), T0, asked.rule);
    const carol = applyCommand(eve, approve('carol', asked.digest, ['security']), T0, asked.rule);

    expect([bob.state, eve.state, carol.state]).toEqual(['requested', 'requested', 'approved']);
  });
});

describe('ending a request by hand', () => {
  it('lets only the requester cancel', () => {
    const cancel = (id: string): Command => ({ type: 'cancel', by: person(id), reason: 'found it' });

    expect(applyCommand(aRequest(), cancel('alice'), T0, RULE).state).toBe('cancelled');
    expect(() => applyCommand(aRequest(), cancel('bob'), T0, RULE)).toThrow(
      expect.objectContaining({ code: 'not-the-requester' }),
    );
  });

  it('lets one rejection end an approved request', () => {
    const rejected = applyCommand(
      anApprovedRequest(),
      { type: 'reject', by: person('dave'), reason: 'compromised key' },
      T0,
      RULE,
    );

    expect(rejected.state).toBe('rejected');
    expect(() => applyCommand(rejected, { type: 'claim', worker: 'w', until: END }, T0, RULE)).toThrow(
      expect.objectContaining({ code: 'recovery-not-open' }),
    );
  });

  it.each([
    { now: END - 1, state: undefined },
    { now: END, state: 'expired' },
  ])('expires at its end and not before ($now)', ({ now, state }) => {
    const expire = () => applyCommand(anApprovedRequest(), { type: 'expire' }, now, RULE);

    if (state === undefined) expect(expire).toThrow(expect.objectContaining({ code: 'recovery-not-open' }));
    else expect(expire().state).toBe(state);
  });
});

describe('executing', () => {
  const claim = (worker: string, until: number): Command => ({ type: 'claim', worker, until });
  const claimed = applyCommand(anApprovedRequest(), claim('w1', T0 + 100), T0 + 10, RULE);

  it.each([
    { name: 'just before the claim lapses', now: T0 + 99, code: 'recovery-claimed' },
    { name: 'when the claim lapses', now: T0 + 100, code: undefined },
  ])('is taken over only from a lapsed claim: $name', ({ now, code }) => {
    const attempt = () => applyCommand(claimed, claim('w2', now + 100), now, RULE);

    if (code === undefined) expect(attempt().untold.at(-1)?.kind).toBe('execution-resumed');
    else expect(attempt).toThrow(expect.objectContaining({ code }));
  });

  it('is not begun at or after the end of the request', () => {
    expect(() => applyCommand(anApprovedRequest(), claim('w1', END + 9), END, RULE)).toThrow(
      expect.objectContaining({ code: 'recovery-expired' }),
    );
  });

  it('is not begun without approvals', () => {
    expect(() => applyCommand(aRequest(), claim('w1', END), T0, RULE)).toThrow(
      expect.objectContaining({ code: 'recovery-not-open' }),
    );
  });

  it.each([
    { name: 'fewer people', rule: { approvals: 1, groups: [] } },
    { name: 'no group', rule: { approvals: 2, groups: [] } },
  ])('keeps to the rule it was asked under though today’s asks for $name', ({ rule }) => {
    const strict = { rule: { approvals: 3, groups: ['security'] } };
    const short = anApprovedRequest(['bob', 'carol'], strict);
    const forged = { ...short, state: 'approved' as const };

    expect(short.state).toBe('requested');
    expect(() => applyCommand(forged, claim('w1', END), T0 + 10, rule)).toThrow(
      expect.objectContaining({ code: 'approvals-incomplete' }),
    );
  });

  it('is not begun when the policy of today asks for more', () => {
    expect(() =>
      applyCommand(anApprovedRequest(), claim('w1', END), T0, { approvals: 3, groups: [] }),
    ).toThrow(expect.objectContaining({ code: 'approvals-incomplete' }));
  });

  it('is ended only by the worker that holds it', () => {
    const finish = (worker: string): Command => ({ type: 'finish', worker, outcome: OUTCOME });

    expect(() => applyCommand(claimed, finish('w2'), T0 + 20, RULE)).toThrow(
      expect.objectContaining({ code: 'recovery-claimed' }),
    );
    const ended = applyCommand(claimed, finish('w1'), T0 + 20, RULE);
    expect(ended).toMatchObject({ state: 'succeeded', outcome: OUTCOME, endedAt: T0 + 20 });
    expect(ended.claim).toBeUndefined();
    expect(ended.untold.at(-1)).toEqual({
      n: ended.facts,
      kind: 'succeeded',
      at: T0 + 20,
      by: WARDEN,
      detail: OUTCOME.message,
    });
  });

  it('cannot be cancelled or rejected once it has begun', () => {
    for (const type of ['cancel', 'reject'] as const) {
      expect(() => applyCommand(claimed, { type, by: person('alice'), reason: 'no' }, T0 + 20, RULE)).toThrow(
        expect.objectContaining({ code: 'recovery-not-open' }),
      );
    }
  });
});

describe('an approver whose token had too many groups', () => {
  const rule = { approvals: 2, groups: ['security'] };
  const approve = (record: RecoveryRecord, groups: readonly string[], groupsUnknown: boolean) =>
    applyCommand(
      record,
      { type: 'approve', by: person('bob'), groups, groupsUnknown, digest: record.digest },
      T0 + 1,
      rule,
    );

  it('does not use up the vote where the policy, of then or of today, asks for groups', () => {
    for (const record of [aRequest({ rule }), aRequest()]) {
      expect(() => approve(record, [], true)).toThrow(expect.objectContaining({ code: 'groups-unknown' }));
      expect(approve(record, [], false).approvals).toHaveLength(1);
    }
  });

  it('counts for a group that the token names all the same', () => {
    expect(approve(aRequest({ rule }), ['security'], true).approvals).toMatchObject([
      { groups: ['security'] },
    ]);
  });

  it('counts where nobody asks for a group', () => {
    const record = aRequest();
    const given = { type: 'approve', by: person('bob'), groups: [], groupsUnknown: true } as const;
    const { approvals } = applyCommand(record, { ...given, digest: record.digest }, T0 + 1, record.rule);

    expect(approvals).toHaveLength(1);
  });
});
