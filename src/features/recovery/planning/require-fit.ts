/** Whether what was approved may still be done: the key is where it was, and there is time. */

import { WardenError } from '../../../core/errors.ts';
import { isSameDeletion } from '../../watch/model/context.ts';
import { failure } from '../model/ending.ts';
import type { RecoveryRecord } from '../model/record.ts';
import type { KeyState } from './preflight.ts';

/** Refuses what has become another operation since it was approved. Fails with the codes of pre-flight. */
export function requireFit(record: RecoveryRecord, found: Exclude<KeyState, { state: 'active' }>): void {
  const { action, deletedAt } = record.operation;
  if (action === 'recover' && found.state === 'gone') {
    throw failure(
      record,
      'nothing-to-recover',
      'the key was purged since the request was made',
      'Make a new request: it will offer to restore a backup.',
    );
  }
  // Whoever deleted it once more may have had a reason that the approvers did not know.
  if (action === 'recover' && found.state === 'deleted' && !isApprovedDeletion(deletedAt, found.deletedAt)) {
    throw failure(
      record,
      'key-deleted',
      'the key was recovered and deleted once more since the request was made',
      'Make a new request if it is to be recovered all the same.',
    );
  }
  if (action === 'restore' && found.state === 'deleted') {
    throw failure(
      record,
      'key-deleted',
      'a key of this name was soft-deleted since the request was made',
      'Make a new request to recover it, or restore after its purge.',
    );
  }
}

/** Whether the deletion found is the one that was approved. A request of before knows of none. */
export function isApprovedDeletion(approved: number | undefined, found: number): boolean {
  return approved === undefined || isSameDeletion(approved, found);
}

/** Refuses to begin after the approvals or the claim have run out. Fails with `recovery-expired` or `aborted`. */
export function requireTime(now: number, record: RecoveryRecord, actBefore: number): void {
  if (now >= record.expiresAt) {
    throw failure(record, 'recovery-expired', 'its time ran out before it could act', 'Make a new request.');
  }
  if (now >= actBefore) {
    throw new WardenError('aborted', { message: 'The execution ran out of the time of its claim.' });
  }
}
