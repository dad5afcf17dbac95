/** What the event of a request's fact says: how the request stood when the fact came to be. */
import { definedOnly } from '../../../core/defined-only.ts';
import type { CloudEvent } from '../../../core/events/cloud-event.ts';
import { isoTime } from '../../../core/time.ts';
import { toRecoveryCloudEvent } from '../model/events.ts';
import { missingFor } from '../model/policy.ts';
import type { Fact, RecoveryRecord } from '../model/record.ts';

/**
 * The event of a fact: published at any time and as often as it must be, it says the same under the same id. The id holds
 * what is said, for where somebody rolled the state back a fact's number comes again, and what happened since must not
 * look like a repeat.
 */
export function eventOf(record: RecoveryRecord, fact: Fact, linkTo: (id: string) => string): CloudEvent {
  const { id, operation } = record;
  const { n, kind, at, by, detail } = fact;
  const said = {
    hsm: operation.target,
    key: operation.key,
    recoveryId: id,
    ...standingAt(record, fact),
    ...definedOnly({ detail, severity: isAlarm(record, fact) ? ('critical' as const) : undefined }),
  };
  const identity = JSON.stringify([n, kind, at, by.id, said]);
  return toRecoveryCloudEvent({ id: identity, type: kind, at, link: linkTo(id), ...said });
}

/**
 * How the request stood when the fact came to be, not when it is published: an event that is published again, after more
 * people have approved, must say the same under the same id.
 */
function standingAt(record: RecoveryRecord, fact: Fact) {
  const { operation, requester, expiresAt } = record;
  const approvals = approvalsAt(record, fact);
  return {
    action: operation.action,
    requestedBy: { id: requester.id, name: requester.name },
    expiresAt: isoTime(expiresAt),
    approvedBy: approvals.map(({ by }) => ({ id: by.id, name: by.name })),
    ...missingAfter(record, approvals),
  };
}

/** The approvals given until the fact, in their order. No clocks of two processes are compared. */
function approvalsAt(record: RecoveryRecord, { kind, at, by }: Fact): RecoveryRecord['approvals'] {
  const { approvals } = record;
  const until = (isLast: (approval: (typeof approvals)[number], n: number) => boolean) =>
    approvals.slice(0, approvals.findIndex(isLast) + 1);
  switch (kind) {
    case 'requested':
      return [];
    case 'approval-given':
      return until((one) => one.by.id === by.id);
    case 'approved':
      // Stored with the approval that completed it, and with its time.
      return until(
        (one, n) => one.at === at && missingAfter(record, approvals.slice(0, n + 1)).missingApprovals === 0,
      );
    default:
      // A request that is executed or closed takes no approval any more.
      return approvals;
  }
}

function missingAfter({ rule }: RecoveryRecord, approvals: RecoveryRecord['approvals']) {
  return missingFor(
    [rule],
    approvals.map(({ by, groups }) => ({ id: by.id, groups })),
  );
}

/** A key that nobody approved came back, or somebody put words into the mouth of the store. */
function isAlarm({ outcome }: RecoveryRecord, { kind }: Fact): boolean {
  return kind === 'restored-other-key' || (kind === 'failed' && outcome?.code === 'record-unproven');
}
