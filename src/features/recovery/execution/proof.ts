/** Finds the backup by which a key that came back is judged. */

import { isWardenError } from '../../../core/errors.ts';
import type { BackupStore, StoredBackup } from '../../../core/ports.ts';
import { CLOCK_SKEW_MS } from '../../../core/time.ts';
import { failure } from '../model/failure.ts';
import type { RecoveryRecord } from '../model/record.ts';
import { backupsOf, sha256 } from '../planning/key-state.ts';

/** The backup that tells what the key must be, and for a restore the bytes that were approved. */
export interface Proof {
  readonly stored: StoredBackup;
  readonly bytes?: Uint8Array;
}

/**
 * The approved version of the backup for a restore, the newest backup of before the deletion for a recovery. Fails with
 * `backup-damaged` or a storage code.
 */
export async function findProof(
  backups: BackupStore,
  record: RecoveryRecord,
  signal: AbortSignal,
): Promise<Proof | undefined> {
  const { hsm, key, backup } = record.operation;
  if (backup !== undefined) return approvedBackup(backups, record, backup, signal);
  const all = await backupsOf(backups, hsm, key, signal);
  const newest = all.findLast((stored) => isOfBefore(record, stored));
  return newest === undefined ? undefined : { stored: newest };
}

/**
 * Whether a backup can tell what the key was when it was deleted. One made since, after an execution that died, tells
 * only what came back. The request is younger than the deletion and tells its time by the clock of backups.
 */
function isOfBefore({ operation, createdAt }: RecoveryRecord, { record }: StoredBackup): boolean {
  const { deletedAt } = operation;
  const until = deletedAt === undefined ? createdAt : Math.min(deletedAt + CLOCK_SKEW_MS, createdAt);
  return record.capturedAt <= until;
}

/** Facts and bytes of exactly the version that was approved: what took its place since under its name is never read. */
async function approvedBackup(
  backups: BackupStore,
  record: RecoveryRecord,
  backup: NonNullable<RecoveryRecord['operation']['backup']>,
  signal: AbortSignal,
): Promise<Proof> {
  const advice = 'Make a new request with another backup.';
  try {
    const found = await backups.fetch(backup, signal);
    if (sha256(found.bytes) === backup.sha256 && found.stored.record.sha256 === backup.sha256) return found;
  } catch (error) {
    if (!isWardenError(error, 'blob-missing', 'backup-damaged')) throw error;
    const why = `the approved backup ${backup.blob} cannot be had as it was approved (${error.message})`;
    throw failure(record, 'backup-damaged', why, advice);
  }
  throw failure(
    record,
    'backup-damaged',
    `the backup ${backup.blob} does not have the approved SHA-256`,
    advice,
  );
}
