/** The recovery requests that wait: for approvals, or for their execution. */

import { isWardenError } from '../../core/errors.ts';
import { isClosed, type RecoveryRecord } from '../../features/recovery/model/record.ts';
import { openRecoveries, storedRecoveries } from '../../features/recovery/request/each-recovery.ts';
import { LoggedEvidence } from '../../features/recovery/request/evidence.ts';
import { cliLogger, type Store } from '../connect/compose-cli.ts';
import { when } from '../connect/warden-options.ts';
import type { CliContext } from '../frame/context.ts';
import { duration } from '../frame/duration.ts';

/** A request that waits. */
export interface WaitingRequest {
  readonly id: string;
  readonly state: RecoveryRecord['state'];
  readonly action: 'recover' | 'restore' | 'adopt';
  readonly hsm: string;
  readonly key: string;
  readonly requester: string;
  readonly approvals: number;
  readonly approvalsNeeded: number;
  /** ISO 8601; the request ends then. */
  readonly expiresAt: string;
}

/**
 * All of them, oldest first: those that the audit log holds open. Who may not read the log, or finds it broken, has every stored
 * request read. Fails with the codes of the store.
 */
export async function waitingRequests(
  { state, auditStore, anchor, decisions }: Pick<Store, 'state' | 'auditStore' | 'anchor' | 'decisions'>,
  context: CliContext,
): Promise<readonly WaitingRequest[]> {
  const deps = { store: state, logger: cliLogger(context) };
  const held = await openRecoveries(deps, new LoggedEvidence(auditStore, anchor, decisions)).catch(
    (error: unknown) => {
      if (!isWardenError(error, 'storage-forbidden', 'audit-corrupt', 'seal-unavailable')) throw error;
      return storedRecoveries(deps);
    },
  );
  const now = context.clock.now();
  return held
    .map(({ record }) => record)
    .filter((record) => !isClosed(record) && (record.state !== 'requested' || record.expiresAt > now))
    .sort((a, b) => a.createdAt - b.createdAt)
    .map(({ id, state: at, operation, requester, approvals, rule, expiresAt }) => ({
      id,
      state: at,
      action: operation.action,
      hsm: operation.hsm,
      key: operation.key,
      requester: requester.name,
      approvals: approvals.length,
      approvalsNeeded: rule.approvals,
      expiresAt: when(expiresAt) ?? '',
    }));
}

/** One line about a request. */
export function waitingLine(request: WaitingRequest, now: number): string {
  const { action, key, hsm, requester, approvals, approvalsNeeded, expiresAt, state } = request;
  const left = duration(Math.max(0, Date.parse(expiresAt) - now));
  const how =
    state === 'requested'
      ? `${approvals} of ${approvalsNeeded} approvals, ends in ${left} (${expiresAt})`
      : `it is ${state}`;
  return `${action} key ${key} of ${hsm}, requested by ${requester}: ${how}`;
}
