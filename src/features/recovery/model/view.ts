/** A stored request as the API shows it: ISO times, what is still missing, nothing internal. */

import { definedOnly } from '../../../core/defined-only.ts';
import { isoTime } from '../../../core/time.ts';
import type { RecoveryView } from './asking.ts';
import { executionOf } from './execution.ts';
import { type ApprovalRule, missingFor } from './policy.ts';
import type { RecoveryRecord } from './record.ts';

/** What people see of a request. `today` is what the policy asks for its key now: a stricter one counts. */
export function viewOf(record: RecoveryRecord, today: ApprovalRule): RecoveryView {
  const { operation, rule, approvals } = record;
  const { backup, deletedAt, ...rest } = operation;
  const approvers = approvals.map(({ by, groups }) => ({ id: by.id.toLowerCase(), groups }));
  return {
    id: record.id,
    state: record.state,
    operation: {
      ...rest,
      ...(deletedAt === undefined ? {} : { deletedAt: isoTime(deletedAt) }),
      ...(backup === undefined ? {} : { backup: { ...backup, capturedAt: isoTime(backup.capturedAt) } }),
    },
    requester: record.requester,
    reason: record.reason,
    policy: rule,
    createdAt: isoTime(record.createdAt),
    expiresAt: isoTime(record.expiresAt),
    digest: record.digest,
    preflight: record.preflight,
    approvals: approvals.map(({ by, groups, at }) => ({ by, groups, at: isoTime(at) })),
    ...missingFor([rule, today], approvers),
    ...definedOnly({ execution: executionOf(record), outcome: record.outcome }),
    ...(record.endedAt === undefined ? {} : { endedAt: isoTime(record.endedAt) }),
  };
}
