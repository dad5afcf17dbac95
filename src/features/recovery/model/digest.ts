/** The digest of a request: what an approver approves, and nothing else. */
import { canonicalDigest, type Json } from '../../../core/canonical-json.ts';
import type { RecoveryRecord } from './record.ts';

/** The members that decide what a request does and who may let it happen. */
export type DigestedRequest = Pick<
  RecoveryRecord,
  'id' | 'operation' | 'seen' | 'requester' | 'reason' | 'rule' | 'createdAt' | 'expiresAt'
>;

/**
 * Lower-case hex SHA-256 over the canonical JSON of everything that matters. The id is in it, so that an approval
 * cannot be carried over to another request for the same thing.
 */
export function requestDigest(request: DigestedRequest): string {
  const { operation, requester, rule } = request;
  const subject: Json = {
    format: 1,
    id: request.id,
    action: operation.action,
    hsm: operation.hsm,
    target: operation.target,
    key: operation.key,
    deletedAt: operation.deletedAt,
    seen: request.seen === undefined ? undefined : { ...request.seen },
    backup:
      operation.backup === undefined
        ? null
        : {
            blob: operation.backup.blob,
            sha256: operation.backup.sha256,
            versionId: operation.backup.versionId ?? null,
            versions: operation.backup.versions?.map((expected) => ({ ...expected })),
            facts: operation.backup.facts,
          },
    requester: { kind: requester.kind, id: requester.id },
    reason: request.reason,
    policy: { approvals: rule.approvals, groups: [...rule.groups].sort() },
    createdAt: request.createdAt,
    expiresAt: request.expiresAt,
  };
  return canonicalDigest(subject);
}
