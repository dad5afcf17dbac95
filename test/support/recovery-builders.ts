/** Builders of recovery requests for tests. */
import type { Actor } from '../../src/core/model/names.ts';
import type { ApprovalRule } from '../../src/features/recovery/model/policy.ts';
import type { Operation, RecoveryRecord } from '../../src/features/recovery/model/record.ts';
import {
  applyCommand,
  type NewRequest,
  openRequest,
} from '../../src/features/recovery/request/state-machine.ts';

export const T0 = Date.UTC(2026, 0, 1, 12);
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const RULE: ApprovalRule = { approvals: 2, groups: [] };
const RECOVERY_ID = 'a'.repeat(26);

export function person(id: string): Actor {
  return { kind: 'person', id, name: `${id}@contoso.test` };
}

export function anOperation(change: Partial<Operation> = {}): Operation {
  return { action: 'recover', hsm: 'contoso', target: 'contoso', key: 'orders', ...change };
}

export function aNewRequest(change: Partial<NewRequest> = {}): NewRequest {
  return {
    id: RECOVERY_ID,
    operation: anOperation(),
    requester: person('alice'),
    reason: 'deleted by mistake',
    rule: RULE,
    preflight: ['the key is soft-deleted and will be recovered'],
    fingerprint: 'f'.repeat(64),
    ttlMs: HOUR_MS,
    ...change,
  };
}

export function aRequest(change: Partial<NewRequest> = {}): RecoveryRecord {
  return openRequest(aNewRequest(change), T0);
}

/** A request as approved by `people`, one millisecond apart. */
export function anApprovedRequest(
  people: readonly string[] = ['bob', 'carol'],
  change: Partial<NewRequest> = {},
): RecoveryRecord {
  return people.reduce(
    (record, id, index) =>
      applyCommand(
        record,
        { type: 'approve', by: person(id), groups: [], digest: record.digest },
        T0 + index + 1,
        record.rule,
      ),
    aRequest(change),
  );
}
