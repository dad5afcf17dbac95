/** How the events of the recovery are said. */
import { z } from 'zod';
import { definedOnly } from '../../../core/defined-only.ts';
import { isLoopback } from '../../../core/settings/kinds.ts';
import { epochOf } from '../../../core/time.ts';
import { RECOVERY_EVENTS, type RecoveryEvent } from '../../recovery/model/events.ts';
import type { Fact } from '../model/message.ts';
import type { Occurrence } from '../model/occurrence.ts';
import type { ShowKey } from './words.ts';

const Person = z.object({ id: z.string(), name: z.string() });

/** What is read of these events; digests and whatever else they may carry one day are not. */
const Data = z.object({
  hsm: z.string().optional(),
  key: z.string().optional(),
  recoveryId: z.string().optional(),
  link: z.string().optional(),
  detail: z.string().optional(),
  action: z.string().optional(),
  expiresAt: z.iso.datetime().optional(),
  missingApprovals: z.int().nonnegative().optional(),
  missingGroups: z.array(z.string()).optional(),
  requestedBy: Person.optional(),
  approvedBy: z.array(Person).optional(),
});
type Data = z.infer<typeof Data>;

type Happening = RecoveryEvent['type'];

/** In the order in which they happen to one request. */
const ORDER = RECOVERY_EVENTS.map(({ fact }) => fact);
const BY_TYPE = new Map(RECOVERY_EVENTS.map(({ type, fact }) => [type, fact]));

/** What happened, with the key and the HSM before it. */
const VERBS: Readonly<Record<Happening, string>> = {
  requested: 'was asked for',
  'approval-given': 'got an approval',
  approved: 'is approved',
  rejected: 'was rejected',
  cancelled: 'was cancelled by who asked for it',
  expired: 'expired before enough people had approved it, or before it was started',
  'execution-started': 'was started',
  'execution-resumed': 'was resumed after an interruption',
  succeeded: 'succeeded',
  failed: 'failed',
  'restored-other-key': 'brought back another key than the approved one',
  'gate-disarmed': '',
  'gate-rearmed': '',
  'override-in-force': '',
};

/** What was said of a request is over with these. */
const GOOD_ENDS: ReadonlySet<Happening> = new Set(['rejected', 'cancelled', 'expired', 'succeeded']);
const DETAILED: ReadonlySet<Happening> = new Set(['failed', 'restored-other-key']);

/** What an event of the recovery means; undefined when it is none, or is not understood. */
export function sayRecovery(
  event: { readonly type: string; readonly data: object },
  show: ShowKey,
): Omit<Occurrence, 'id' | 'at' | 'severity'> | undefined {
  const fact = BY_TYPE.get(event.type);
  const parsed = Data.safeParse(event.data);
  if (fact === undefined || !parsed.success) return undefined;
  if (fact === 'gate-rearmed') return sayRearmed();
  if (fact === 'gate-disarmed' || fact === 'override-in-force') return sayGate(fact, parsed.data);
  return sayRequest(fact, parsed.data, show);
}

function sayRequest(fact: Happening, data: Data, show: ShowKey): Omit<Occurrence, 'id' | 'at' | 'severity'> {
  const { hsm, key, recoveryId = 'unknown', link, detail, action, expiresAt } = data;
  const name = { recover: 'recovery', restore: 'restore', adopt: 'adoption of a backup' }[
    action ?? 'recover'
  ];
  const where = `${key === undefined ? 'a key' : `key ${show(key)}`} on HSM ${hsm ?? 'unknown'}`;
  const because = DETAILED.has(fact) && detail !== undefined ? `: ${detail}` : '.';
  return {
    family: 'recovery',
    subject: recoveryId,
    ...definedOnly({ hsm, key, link: isWhole(link) ? link : undefined }),
    effect: GOOD_ENDS.has(fact) ? 'resolve' : DETAILED.has(fact) ? 'end' : 'open',
    lasting: fact === 'restored-other-key',
    rank: ORDER.indexOf(fact),
    what: `The ${name} of ${where} ${VERBS[fact]}${because}`,
    ...whatNext(fact, data),
    ...definedOnly({ until: waits(fact) && expiresAt !== undefined ? epochOf(expiresAt) : undefined }),
    facts: factsOf(data, recoveryId),
    ...definedOnly({
      approval: approvalOf(data),
      cameBack: fact === 'succeeded' && (action === 'recover' || action === 'restore') ? key : undefined,
    }),
  };
}

/** Without an origin in the settings a link leads nowhere from a message. */
function isWhole(link: string | undefined): boolean {
  return link !== undefined && (/^https:\/\/[^/]/.test(link) || isLoopback(link));
}

function waits(fact: Happening): boolean {
  return fact === 'requested' || fact === 'approval-given';
}

function whatNext(
  fact: Happening,
  { missingApprovals = 0, missingGroups = [], recoveryId }: Data,
): { readonly todo: string; readonly turn: string } {
  const command = `hsm-warden recovery show ${recoveryId}`;
  switch (fact) {
    case 'requested':
    case 'approval-given': {
      const who = missingGroups.length > 0 ? missingGroups.join(' and ') : 'people who may approve';
      const count =
        missingApprovals === 1 ? '1 approval is missing' : `${missingApprovals} approvals are missing`;
      return { todo: `${count}. Look at the request, then approve or reject it: ${command}`, turn: who };
    }
    case 'approved':
    case 'execution-started':
    case 'execution-resumed':
      return { todo: 'Wait for the outcome.', turn: 'HSM Warden' };
    case 'failed':
      return { todo: `See why, put it right, and make a new request: ${command}`, turn: 'who asked for it' };
    case 'restored-other-key':
      return { todo: `Act at once: ${command}`, turn: 'the security team' };
    default:
      return { todo: 'Nothing is left to do here.', turn: 'nobody' };
  }
}

function factsOf({ requestedBy, approvedBy = [] }: Data, recoveryId: string): Fact[] {
  return [
    { label: 'Request', text: recoveryId },
    ...(requestedBy === undefined ? [] : [{ label: 'Asked by', text: requestedBy.name }]),
    ...(approvedBy.length === 0
      ? []
      : [{ label: 'Approved by', text: approvedBy.map(({ name }) => name).join(', ') }]),
  ];
}

function approvalOf({ missingApprovals, missingGroups = [], requestedBy, approvedBy = [] }: Data) {
  if (missingApprovals === undefined) return undefined;
  const approvers = approvedBy.map(({ id }) => id);
  const people = [...(requestedBy === undefined ? [] : [requestedBy]), ...approvedBy];
  return {
    missing: missingApprovals,
    groups: missingGroups,
    approvers,
    names: Object.fromEntries(people.map(({ id, name }) => [id, name])),
    ...definedOnly({ requester: requestedBy?.id }),
  };
}

function sayGate(
  fact: 'gate-disarmed' | 'override-in-force',
  { detail }: Data,
): Omit<Occurrence, 'id' | 'at' | 'severity'> {
  const common = { family: 'gate', subject: fact, effect: 'open', lasting: false, rank: 0 } as const;
  if (fact === 'override-in-force') {
    return {
      ...common,
      what: 'One approval is enough for some recoveries: the override of the policy is in force.',
      todo: 'See that it ends as soon as it is not needed: WARDEN_APPROVAL_OVERRIDE_UNTIL.',
      turn: 'the security team',
      facts: [],
    };
  }
  return {
    ...common,
    facts: [],
    what: `The recovery gate is not armed, so no key can be recovered${detail === undefined ? '.' : `: ${detail}`}`,
    todo: 'Put right what is named: GET /api/health of the recovery app shows all of it.',
    turn: 'whoever runs HSM Warden',
  };
}

function sayRearmed(): Omit<Occurrence, 'id' | 'at' | 'severity'> {
  return {
    family: 'gate',
    subject: 'gate-disarmed',
    effect: 'resolve',
    lasting: false,
    rank: 1,
    what: 'The recovery gate is armed again, by the decision of people.',
    todo: 'Nothing is left to do.',
    turn: 'nobody',
    facts: [],
  };
}
