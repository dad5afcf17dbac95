/** Requests in a line each. */
import { isoTime } from '../../core/time.ts';
import type { RecoveryRecord } from '../recovery/model/record.ts';
import { type LiveRequests, placeOf } from './key-list.ts';
import type { WaitingRequest } from './model/requests.ts';

/** A request in a line. */
export function waitingOf({
  id,
  state,
  operation,
  requester,
  approvals,
  rule,
  expiresAt,
}: RecoveryRecord): WaitingRequest {
  return {
    id,
    state,
    action: operation.action,
    hsm: operation.hsm,
    key: operation.key,
    requester: requester.name,
    approvals: approvals.length,
    approvalsNeeded: rule.approvals,
    expiresAt: isoTime(expiresAt),
  };
}

/** Live requests by the key that they are about. */
export function liveByKey(records: readonly RecoveryRecord[]): LiveRequests {
  return new Map(
    records.map(({ id, state, operation }) => [placeOf(operation.hsm, operation.key), { id, state }]),
  );
}
