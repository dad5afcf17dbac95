/** Adopts the approved backup: from now on it counts as a recovery point. Done again after a crash it comes to the same. */
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { WardenError } from '../../../core/errors.ts';
import type { BackupStore } from '../../../core/ports.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import type { DecisionSeals } from '../../audit/line-seals.ts';
import { factsDigest } from '../../recovery-points/adoptions.ts';
import type { PointSeals } from '../../recovery-points/point-seals.ts';
import { saveBackups } from '../../recovery-points/save-backups.ts';
import { failure } from '../model/ending.ts';
import type { Outcome, RecoveryRecord } from '../model/record.ts';

/** What adopting needs. */
export interface AdoptDeps {
  readonly backups: BackupStore;
  readonly store: DocumentStore;
  /** Where seals are configured. */
  readonly decisions: DecisionSeals | undefined;
  readonly points?: PointSeals | undefined;
}

/**
 * Looks again at exactly the version that was approved, seals and keeps the decision, and looks whether the backup counts by it. Fails
 * with `backup-damaged`, `nothing-to-adopt`, `backup-unsealed` when it does not, `seal-unavailable`, and the codes of the stores.
 */
export async function adopt(
  { decisions, points, backups, store }: AdoptDeps,
  record: RecoveryRecord,
  signal: AbortSignal,
): Promise<Outcome> {
  const { hsm, key, backup } = record.operation;
  if (decisions === undefined || points?.adopted === undefined || backup === undefined) {
    throw new WardenError('nothing-to-adopt', {
      message: `The backup of key ${key} on HSM ${hsm} was not adopted: nothing is sealed here any more.`,
      hsm,
      key,
    });
  }
  const { blob, versionId } = backup;
  const place = versionId === undefined ? { blob } : { blob, versionId };
  const { stored, bytes } = await (backups.all ?? backups).fetch(place, signal);
  const isApproved =
    sha256Hex(bytes) === backup.sha256 &&
    stored.record.sha256 === backup.sha256 &&
    factsDigest(stored.record) === backup.facts;
  if (!isApproved) {
    throw failure(
      record,
      'backup-damaged',
      `the backup ${blob} is not the one that was approved`,
      'Find out who wrote it, and ask again if it is to be adopted as it is.',
    );
  }
  const decision = { ...place, recoveryId: record.id };
  const seal = await decisions.seal(points.adoptionFacts(stored.record, decision));
  await points.adopted.add(stored.record, { ...decision, seal });
  const verdict = (await points.judge(signal))(stored.record);
  if (!verdict.good) {
    throw failure(
      record,
      'backup-unsealed',
      `the decision was sealed and kept, and the backup ${blob} still does not count as a recovery point, for ${verdict.why}`,
      'Look at the pinned keys (hsm-warden seal show), and ask again.',
    );
  }
  await saveBackups(store, hsm, [stored]);
  return {
    result: 'succeeded',
    step: 'done',
    message: `The backup ${blob} of key ${key} counts as a recovery point from now on.`,
    versions: stored.record.versions.length,
    warnings: [],
  };
}
