/** Finds the backup by which a key that came back is judged. */

import { canonicalJson } from '../../../core/canonical-json.ts';
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { isWardenError } from '../../../core/errors.ts';
import type { BackupStore, FetchedBackup, StoredBackup } from '../../../core/ports.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import { CLOCK_SKEW_MS } from '../../../core/time.ts';
import { failure } from '../model/ending.ts';
import { type ExpectedVersion, judgeCandidate, type KnownPoint } from '../model/known-facts.ts';
import type { RecoveryRecord } from '../model/record.ts';
import { backupsOf, catalogued } from '../planning/key-state.ts';

/** The backup that tells what the key must be, and for a restore the bytes that were approved. */
export interface Proof {
  readonly stored: StoredBackup;
  readonly bytes?: Uint8Array;
  /** Of a restore: what the approvers saw of the key's versions. */
  readonly expected?: readonly ExpectedVersion[];
}

/** Where proof is looked for. */
export interface ProofDeps {
  readonly backups: BackupStore;
  readonly store: DocumentStore;
}

/**
 * The approved version of the backup for a restore; for a recovery the newest backup of before the deletion, one of the very
 * key where that can be seen. Fails with `backup-damaged`, `backup-contradicted` or a storage code.
 */
export async function findProof(
  deps: ProofDeps,
  record: RecoveryRecord,
  signal: AbortSignal,
): Promise<Proof | undefined> {
  const { hsm, key, backup } = record.operation;
  if (backup !== undefined) return approvedBackup(deps, record, backup, signal);
  const all = (await backupsOf(deps.backups, hsm, key, signal)).filter((one) => isOfBefore(record, one));
  const { entry } = await catalogued(deps.store, hsm, key, signal);
  // What somebody adds to the store under the key's name must not take its proof away.
  const believed = all.filter((one) => judgeCandidate(one, entry, []).contradictions.length === 0);
  const seen = record.seen?.version;
  const ofSeen = believed.findLast((one) => one.record.versions.some(({ version }) => version === seen));
  const known = entry === undefined ? undefined : believed.findLast((one) => isRelated(one, entry));
  const stored = ofSeen ?? known ?? believed.at(-1);
  return stored === undefined ? undefined : { stored };
}

function isRelated({ record }: StoredBackup, entry: KnownPoint): boolean {
  const known = new Set(entry.record.versions.map(({ version }) => version));
  return record.versions.some(({ version }) => known.has(version));
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
  deps: ProofDeps,
  record: RecoveryRecord,
  backup: NonNullable<RecoveryRecord['operation']['backup']>,
  signal: AbortSignal,
): Promise<Proof> {
  const found = await fetchApproved(deps.backups, record, backup, signal);
  const expected = backup.versions ?? (await judgedNow(deps, record, found.stored, signal));
  const facts = expected.map(({ confirmed: _, ...fact }) => fact);
  if (canonicalJson(facts) === canonicalJson(found.stored.record.versions)) return { ...found, expected };
  const why = `the facts beside the backup ${backup.blob} are not those that were approved`;
  throw failure(record, 'backup-damaged', why, NEW_REQUEST);
}

const NEW_REQUEST = 'Make a new request with another backup.';

async function fetchApproved(
  backups: BackupStore,
  record: RecoveryRecord,
  backup: NonNullable<RecoveryRecord['operation']['backup']>,
  signal: AbortSignal,
): Promise<FetchedBackup> {
  try {
    const found = await backups.fetch(backup, signal);
    if (sha256Hex(found.bytes) === backup.sha256 && found.stored.record.sha256 === backup.sha256)
      return found;
  } catch (error) {
    if (!isWardenError(error, 'blob-missing', 'backup-damaged')) throw error;
    const why = `the approved backup ${backup.blob} cannot be had as it was approved (${error.message})`;
    throw failure(record, 'backup-damaged', why, NEW_REQUEST);
  }
  const why = `the backup ${backup.blob} does not have the approved SHA-256`;
  throw failure(record, 'backup-damaged', why, NEW_REQUEST);
}

/** Of a request that was opened before its digest held the versions. */
async function judgedNow(
  { backups, store }: ProofDeps,
  record: RecoveryRecord,
  stored: StoredBackup,
  signal: AbortSignal,
): Promise<readonly ExpectedVersion[]> {
  const { hsm, key } = record.operation;
  const { entry } = await catalogued(store, hsm, key, signal);
  const points = (await backupsOf(backups, hsm, key, signal)).filter(
    ({ record: { capturedAt } }) => capturedAt <= record.createdAt,
  );
  const { contradictions, expected } = judgeCandidate(stored, entry, points);
  if (contradictions.length === 0) return expected;
  throw failure(record, 'backup-contradicted', contradictions.join('; '), NEW_REQUEST);
}
