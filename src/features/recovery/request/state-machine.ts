/** The life of a recovery request as a pure function: what a command makes of it at a moment, or why it is refused. */

import { definedOnly } from '../../../core/defined-only.ts';
import type { Actor } from '../../../core/model/names.ts';
import { requestDigest } from '../model/digest.ts';
import { type ApprovalRule, satisfies } from '../model/policy.ts';
import type { Fact, Outcome, RecoveryRecord } from '../model/record.ts';
import {
  isDue,
  isSame,
  notOpen,
  refuse,
  requireClaim,
  requireDigest,
  requireKnownGroups,
  requireOpen,
} from './requirements.ts';

/** What an attempt met, and when the next one begins, epoch milliseconds. */
interface Why {
  readonly code: string;
  readonly message: string;
  readonly nextAt: number;
}

/** What can be asked of an existing request. Only workers claim, give up and finish. */
export type Command =
  | {
      readonly type: 'approve';
      readonly by: Actor;
      readonly groups: readonly string[];
      /** The person may be in more groups than these. */
      readonly groupsUnknown?: boolean;
      readonly digest: string;
      /** What the log is to say of the approval beyond that, e.g. of the sign-in behind it. */
      readonly detail?: string;
    }
  | { readonly type: 'reject'; readonly by: Actor; readonly reason: string; readonly digest?: string }
  | { readonly type: 'cancel'; readonly by: Actor; readonly reason: string; readonly digest?: string }
  | { readonly type: 'expire' }
  | { readonly type: 'claim'; readonly worker: string; readonly until: number }
  /** `stopped`: the app stops, which is no failure of the request. */
  | { readonly type: 'give-up'; readonly worker: string; readonly stopped?: boolean; readonly why: Why }
  /** It cannot be begun yet. */
  | { readonly type: 'wait'; readonly why: Why }
  | { readonly type: 'finish'; readonly worker: string; readonly outcome: Outcome };

/** What is needed to open a request: all of it goes into its digest. */
export type NewRequest = Pick<
  RecoveryRecord,
  'id' | 'operation' | 'seen' | 'requester' | 'reason' | 'rule' | 'preflight' | 'fingerprint'
> & { readonly ttlMs: number };

/** The executing service itself, as an actor. */
export const WARDEN: Actor = { kind: 'service', id: 'hsm-warden', name: 'HSM Warden' };

/** Opens a request. */
export function openRequest(asked: NewRequest, now: number): RecoveryRecord {
  const { ttlMs, ...members } = asked;
  const request = { ...members, createdAt: now, expiresAt: now + ttlMs };
  const record: RecoveryRecord = {
    ...request,
    format: 1,
    state: 'requested',
    digest: requestDigest(request),
    approvals: [],
    giveUps: 0,
    facts: 0,
    untold: [],
  };
  return withFact(record, now, { kind: 'requested', by: asked.requester, detail: asked.reason });
}

/**
 * What `command` makes of `record` at `now` (epoch milliseconds). `required` is what the settings ask for the key today:
 * a policy made stricter since the request was opened counts. Facts are appended to `untold`.
 *
 * Fails with `recovery-not-open`, `recovery-expired`, `recovery-claimed`, `own-request`, `not-the-requester`,
 * `approved-already`, `digest-mismatch`, `groups-unknown` or `approvals-incomplete`; then nothing has changed.
 */
export function applyCommand(
  record: RecoveryRecord,
  command: Command,
  now: number,
  required: ApprovalRule,
): RecoveryRecord {
  switch (command.type) {
    case 'approve':
      return approve(record, command, now, required);
    case 'reject':
      requireOpen(record, now);
      requireDigest(record, command.digest);
      return close(record, 'rejected', now, command.by, command.reason);
    case 'cancel':
      requireOpen(record, now);
      if (!isSame(command.by, record.requester)) {
        throw refuse(record, 'not-the-requester', 'only the requester can cancel it', 'Reject it instead.');
      }
      requireDigest(record, command.digest);
      return close(record, 'cancelled', now, command.by, command.reason);
    case 'expire':
      if (!isDue(record, now)) throw refuse(record, 'recovery-not-open', 'its time has not run out');
      return close(record, 'expired', now, WARDEN, undefined);
    case 'claim':
      return claim(record, command, now, required);
    case 'give-up':
      requireClaim(record, command.worker);
      return {
        ...waitingFor(record, command.why, now),
        claim: { worker: command.worker, until: now },
        giveUps: record.giveUps + (command.stopped === true ? 0 : 1),
      };
    case 'wait':
      return isWaiting(record, now) ? waitingFor(record, command.why, now) : record;
    case 'finish':
      return finish(record, command, now);
  }
}

function approve(
  record: RecoveryRecord,
  command: Extract<Command, { type: 'approve' }>,
  now: number,
  required: ApprovalRule,
): RecoveryRecord {
  requireOpen(record, now);
  const { by, digest } = command;
  if (by.kind !== 'person') throw refuse(record, 'role-missing', 'only a person can approve');
  if (isSame(by, record.requester)) {
    throw refuse(record, 'own-request', 'nobody approves their own request', 'Ask somebody else.');
  }
  if (record.approvals.some((approval) => isSame(approval.by, by))) {
    throw refuse(record, 'approved-already', 'this person has approved it already', 'Ask somebody else.');
  }
  requireDigest(record, digest);
  requireKnownGroups(record, command, required);
  const approvals = [...record.approvals, { by, groups: [...command.groups], digest, at: now }];
  const given = { kind: 'approval-given' as const, by, ...definedOnly({ detail: command.detail }) };
  const voted = withFact({ ...record, approvals }, now, given);
  if (record.state === 'approved' || !isApproved(voted, required)) return voted;
  return withFact({ ...voted, state: 'approved' }, now, { kind: 'approved', by: WARDEN });
}

function claim(
  record: RecoveryRecord,
  command: Extract<Command, { type: 'claim' }>,
  now: number,
  required: ApprovalRule,
): RecoveryRecord {
  if (record.state === 'executing') {
    if (record.claim !== undefined && now < record.claim.until) {
      throw refuse(record, 'recovery-claimed', 'another worker is executing it');
    }
  } else {
    if (isDue(record, now)) throw refuse(record, 'recovery-expired', 'its time has run out');
    if (record.state !== 'approved') throw notOpen(record);
  }
  if (!isApproved(record, required)) {
    throw refuse(
      record,
      'approvals-incomplete',
      'its approvals do not meet the policy',
      'Make a new request; the policy or the stored request has changed since it was approved.',
    );
  }
  const kind = record.state === 'executing' ? 'execution-resumed' : 'execution-started';
  const held: RecoveryRecord = {
    ...record,
    state: 'executing',
    claim: { worker: command.worker, until: command.until },
  };
  return withFact(held, now, { kind, by: WARDEN, detail: command.worker });
}

function finish(
  record: RecoveryRecord,
  command: Extract<Command, { type: 'finish' }>,
  now: number,
): RecoveryRecord {
  requireClaim(record, command.worker);
  const { outcome } = command;
  const { claim: _, waitsFor: _why, ...rest } = record;
  const ended: RecoveryRecord = { ...rest, state: outcome.result, outcome, endedAt: now };
  const { result, message, advice } = outcome;
  // Whoever hears of a key that nobody approved must read immediately what to do.
  const detail = result === 'restored-other-key' && advice !== undefined ? `${message} ${advice}` : message;
  return withFact(ended, now, { kind: result, by: WARDEN, detail });
}

/**
 * Whether the approvals meet the rule of the request and the rule of today. Everything is judged again: the stored digest
 * against the stored content, each approval against the digest, the requester's own never.
 */
export function isApproved(record: RecoveryRecord, required: ApprovalRule): boolean {
  if (requestDigest(record) !== record.digest) return false;
  const approvers = record.approvals
    .filter(
      ({ by, digest }) => by.kind === 'person' && digest === record.digest && !isSame(by, record.requester),
    )
    .filter(({ at }) => at >= record.createdAt && at < record.expiresAt)
    .map(({ by, groups }) => ({ id: by.id.toLowerCase(), groups }));
  return satisfies(record.rule, approvers) && satisfies(required, approvers);
}

/** Whether a worker should be at it and none is. */
function isWaiting({ state, claim }: RecoveryRecord, now: number): boolean {
  return state === 'approved' || (state === 'executing' && (claim?.until ?? 0) <= now);
}

function waitingFor(record: RecoveryRecord, why: Why, now: number): RecoveryRecord {
  return { ...record, waitsFor: { ...why, since: record.waitsFor?.since ?? now } };
}

function close(
  record: RecoveryRecord,
  state: 'rejected' | 'cancelled' | 'expired',
  now: number,
  by: Actor,
  detail: string | undefined,
): RecoveryRecord {
  return withFact({ ...record, state, endedAt: now }, now, { kind: state, by, ...definedOnly({ detail }) });
}

function withFact(record: RecoveryRecord, at: number, fact: Omit<Fact, 'n' | 'at'>): RecoveryRecord {
  const n = record.facts + 1;
  return { ...record, facts: n, untold: [...record.untold, { ...fact, at, n }] };
}
