/** What a person may do to a request, and why not: the same rules that decide, asked before anything is sent. */
import { definedOnly } from '../../../core/defined-only.ts';
import { isoTime } from '../../../core/time.ts';
import { type Caller, ROLES } from '../access/caller.ts';
import { approvalOf, contextFor, freshUntil, type SignInPolicy } from '../access/sign-in.ts';
import type { Standing } from '../model/asking.ts';
import { type ApprovalRule, missingFor } from '../model/policy.ts';
import { isClosed, type RecoveryRecord } from '../model/record.ts';

/** How `caller` stands to `record` at `now` (epoch milliseconds); `today`: what the policy asks for the key now. */
export function standingOf(
  record: RecoveryRecord,
  caller: Caller,
  {
    today,
    signIn,
    now,
  }: { readonly today: ApprovalRule; readonly signIn: SignInPolicy; readonly now: number },
): Standing {
  const isRequester = isSamePerson(caller, record.requester.id);
  const reason = whyNot(record, caller, today, now);
  const canEnd = !isClosed(record) && record.state !== 'executing' && now < record.expiresAt;
  const stepUp = contextFor(signIn, approvalOf(record.operation));
  const fresh = freshUntil(signIn, caller.signIn);
  return {
    isRequester,
    canApprove: reason === undefined,
    canReject: canEnd && caller.kind === 'person' && caller.roles.includes(ROLES.approve),
    canCancel: canEnd && isRequester && caller.roles.includes(ROLES.request),
    ...definedOnly({ reason }),
    standsFor: reason === undefined ? groupsOf(record, caller, today) : [],
    ...definedOnly({ stepUp }),
    ...(fresh === undefined ? {} : { freshUntil: isoTime(fresh) }),
  };
}

function whyNot(
  record: RecoveryRecord,
  caller: Caller,
  today: ApprovalRule,
  now: number,
): string | undefined {
  if (record.state === 'executing') return 'It is being executed.';
  if (isClosed(record)) return `It is ${record.state}: nothing can be approved any more.`;
  if (now >= record.expiresAt) return 'Its time has run out.';
  if (isSamePerson(caller, record.requester.id))
    return 'You asked for it: nobody approves their own request.';
  if (caller.kind !== 'person' || !caller.roles.includes(ROLES.approve)) {
    return `You do not have the role ${ROLES.approve}.`;
  }
  if (record.approvals.some(({ by }) => isSamePerson(caller, by.id))) return 'You have approved it already.';
  const wanted = [...record.rule.groups, ...today.groups];
  const isUnsure = caller.groupsUnknown === true && wanted.length > 0;
  if (isUnsure && !caller.groups.some((group) => wanted.includes(group))) {
    return 'Your token does not say in which groups you are, for there are too many: have an app role of the policy assigned, and sign in again.';
  }
  return undefined;
}

/** The groups that are missing and that the person's approval would cover. */
function groupsOf(
  { rule, approvals }: RecoveryRecord,
  { actor, groups }: Caller,
  today: ApprovalRule,
): string[] {
  const before = approvals.map(({ by, groups: of }) => ({ id: by.id.toLowerCase(), groups: of }));
  const after = [...before, { id: actor.id.toLowerCase(), groups }];
  const missing = missingFor([rule, today], before).missingGroups;
  const left = new Set(missingFor([rule, today], after).missingGroups);
  return missing.filter((group) => !left.has(group));
}

function isSamePerson({ kind, actor }: Caller, id: string): boolean {
  return kind === 'person' && actor.id.toLowerCase() === id.toLowerCase();
}
