/** What the state machine says when it refuses: the code that callers go by, and the words that people read. */
import { describe, expect, it } from 'vitest';
import type { Actor } from '../../../../src/core/model/names.ts';
import type { RecoveryRecord } from '../../../../src/features/recovery/model/record.ts';
import { applyCommand, type Command } from '../../../../src/features/recovery/request/state-machine.ts';
import {
  anApprovedRequest,
  aRequest,
  HOUR_MS,
  person,
  RULE,
  T0,
} from '../../../support/recovery-builders.ts';

const END = T0 + HOUR_MS;
const HOOK: Actor = { kind: 'webhook', id: 'hook', name: 'hook' };
const OTHER = '0'.repeat(64);
const NEW_REQUEST = 'Make a new request if the key is still needed.';
const READ_AGAIN = 'Read the request again and decide about what it says now.';

const asked = aRequest();
const grouped = aRequest({ rule: { approvals: 2, groups: ['security'] } });
const approved = anApprovedRequest();
const once = applyCommand(asked, approve(person('bob')), T0, RULE);
const held = applyCommand(approved, { type: 'claim', worker: 'w1', until: T0 + 100 }, T0 + 10, RULE);
const expired = applyCommand(approved, { type: 'expire' }, END, RULE);

function approve(by: Actor, digest = asked.digest): Command {
  return { type: 'approve', by, groups: [], digest };
}

function claim(worker: string): Command {
  return { type: 'claim', worker, until: END };
}

function end(type: 'reject' | 'cancel', by = person('alice'), digest?: string): Command {
  return { type, by, reason: 'no', ...(digest !== undefined && { digest }) };
}

function finish(worker: string): Command {
  return { type: 'finish', worker, outcome: { result: 'failed', step: 's', message: 'm', warnings: [] } };
}

function giveUp(worker: string): Command {
  return { type: 'give-up', worker, why: { code: 'c', message: 'm', nextAt: T0 } };
}

interface Row {
  readonly name: string;
  readonly record: RecoveryRecord;
  readonly command: Command;
  readonly now?: number;
  readonly code: string;
  readonly why: string;
  readonly advice?: string;
}

const APPROVALS: readonly Row[] = [
  {
    name: 'by a webhook',
    record: asked,
    command: approve(HOOK),
    code: 'role-missing',
    why: 'only a person can approve',
  },
  {
    name: 'by the requester',
    record: asked,
    command: approve(person('alice')),
    code: 'own-request',
    why: 'nobody approves their own request',
    advice: 'Ask somebody else.',
  },
  {
    name: 'by the same person again',
    record: once,
    command: approve(person('bob')),
    code: 'approved-already',
    why: 'this person has approved it already',
    advice: 'Ask somebody else.',
  },
  {
    name: 'of something else',
    record: asked,
    command: approve(person('bob'), OTHER),
    code: 'digest-mismatch',
    why: 'the decision carries the digest of something else',
    advice: READ_AGAIN,
  },
  {
    name: 'by a person of unknown groups',
    record: grouped,
    command: { type: 'approve', by: person('bob'), groups: [], groupsUnknown: true, digest: grouped.digest },
    code: 'groups-unknown',
    why: 'the token does not say in which groups this person is, for there are too many',
    advice:
      'The approval was not used up. Have an app role of the policy assigned in place of the group, and sign in again.',
  },
  {
    name: 'too late',
    record: asked,
    command: approve(person('bob')),
    now: END,
    code: 'recovery-expired',
    why: 'its time has run out',
    advice: 'Make a new request.',
  },
  {
    name: 'of one that expired',
    record: expired,
    command: approve(person('dave')),
    code: 'recovery-expired',
    why: 'it is expired',
    advice: NEW_REQUEST,
  },
  {
    name: 'of one that is executed',
    record: held,
    command: approve(person('dave')),
    code: 'recovery-not-open',
    why: 'it is executing',
    advice: NEW_REQUEST,
  },
];

const ENDINGS: readonly Row[] = [
  ...(['reject', 'cancel'] as const).flatMap((type): Row[] => [
    {
      name: `to ${type} what was not shown`,
      record: approved,
      command: end(type, person('alice'), OTHER),
      code: 'digest-mismatch',
      why: 'the decision carries the digest of something else',
      advice: READ_AGAIN,
    },
    {
      name: `to ${type} it too late`,
      record: approved,
      command: end(type),
      now: END,
      code: 'recovery-expired',
      why: 'its time has run out',
      advice: 'Make a new request.',
    },
    {
      name: `to ${type} what is executed`,
      record: held,
      command: end(type),
      code: 'recovery-not-open',
      why: 'it is executing',
      advice: NEW_REQUEST,
    },
  ]),
  {
    name: 'to cancel what another person asked for',
    record: asked,
    command: end('cancel', person('bob')),
    code: 'not-the-requester',
    why: 'only the requester can cancel it',
    advice: 'Reject it instead.',
  },
  {
    name: 'to cancel by a webhook of the requester’s name',
    record: asked,
    command: end('cancel', { ...HOOK, id: 'alice' }),
    code: 'not-the-requester',
    why: 'only the requester can cancel it',
    advice: 'Reject it instead.',
  },
  ...[approved, held].map((record) => ({
    name: `to let it expire while it is ${record.state} and its time has not run out`,
    record,
    command: { type: 'expire' } as const,
    now: END - 1,
    code: 'recovery-not-open',
    why: 'its time has not run out',
  })),
  {
    name: 'to let an execution expire that began in time',
    record: held,
    command: { type: 'expire' },
    now: END,
    code: 'recovery-not-open',
    why: 'its time has not run out',
  },
];

const EXECUTIONS: readonly Row[] = [
  {
    name: 'while another worker executes it',
    record: held,
    command: claim('w2'),
    now: T0 + 99,
    code: 'recovery-claimed',
    why: 'another worker is executing it',
  },
  {
    name: 'too late',
    record: approved,
    command: claim('w1'),
    now: END,
    code: 'recovery-expired',
    why: 'its time has run out',
  },
  {
    name: 'of one that nobody approved',
    record: asked,
    command: claim('w1'),
    code: 'recovery-not-open',
    why: 'it is requested',
    advice: NEW_REQUEST,
  },
  {
    name: 'of one whose approvals do not count any more',
    record: { ...approved, reason: 'something else' },
    command: claim('w1'),
    code: 'approvals-incomplete',
    why: 'its approvals do not meet the policy',
    advice: 'Make a new request; the policy or the stored request has changed since it was approved.',
  },
  ...[finish, giveUp].flatMap((command): Row[] => [
    {
      name: `that another worker has taken over (${command.name})`,
      record: held,
      command: command('w2'),
      code: 'recovery-claimed',
      why: 'another worker has taken it over',
    },
    {
      name: `that nobody holds (${command.name})`,
      record: { ...approved, state: 'executing' },
      command: command('w1'),
      code: 'recovery-claimed',
      why: 'another worker has taken it over',
    },
    {
      name: `that has not begun (${command.name})`,
      record: { ...approved, claim: { worker: 'w1', until: END } },
      command: command('w1'),
      code: 'recovery-not-open',
      why: 'it is approved',
      advice: NEW_REQUEST,
    },
  ]),
];

describe.each([
  { what: 'an approval', rows: APPROVALS },
  { what: 'an end', rows: ENDINGS },
  { what: 'an execution', rows: EXECUTIONS },
])('$what is refused', ({ rows }) => {
  it.each(rows)('$name', ({ record, command, now = T0 + 20, code, why, advice }) => {
    expect(() => applyCommand(record, command, now, RULE)).toThrow(
      expect.objectContaining({
        code,
        message: `Refused for recovery ${record.id} (key orders, HSM contoso): ${why}.`,
        advice,
        hsm: 'contoso',
        key: 'orders',
      }),
    );
  });
});
