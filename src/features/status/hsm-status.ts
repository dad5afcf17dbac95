/** The answer to one question about an HSM: is every key safe? Times are epoch milliseconds. */

import type { WardenErrorCode } from '../../core/errors.ts';
import type { Severity } from '../../core/events/severity.ts';
import type { Acknowledgement } from '../audit/acknowledgements.ts';
import type { LastRun } from '../backup/last-run.ts';
import type { Coverage } from '../watch/model/coverage.ts';
import type { Doubts } from './read-dated.ts';

/**
 * `safe`: every key that should have one has a good backup of its newest version, which is in the store now, and nothing is
 * lost that nobody has acknowledged. `unknown`: it could not be seen.
 */
export type Verdict = 'safe' | 'at-risk' | 'unknown';

/** Why one key is not safe. */
export interface KeyRisk {
  readonly key: string;
  readonly risk:
    | 'no-backup'
    | 'newest-version-not-backed-up'
    | 'backup-too-old'
    | 'backup-damaged'
    | 'unreadable'
    | 'backup-missing'
    | 'deleted-without-backup'
    | 'settling'
    | 'drill-failed';
  /** One sentence for people. */
  readonly detail: string;
}

/** A soft-deleted key with its countdown. */
export interface DeletedKeyStatus {
  readonly key: string;
  readonly deletedAt: number;
  readonly scheduledPurgeAt: number;
  readonly leftMs: number;
  readonly coverage: Coverage['coverage'];
  readonly versionsCovered: number;
  readonly versionsKnown: number;
  readonly severity: Severity;
  /** The backup that restores it after the purge. */
  readonly backup?: string;
}

/** A key that was purged, and that no backup brings back as it was. */
export interface LostKey {
  readonly key: string;
  readonly lost: 'key' | 'newest-version';
  /** The finding to acknowledge, and when the purge was noticed; absent for one that no scan has noticed yet. */
  readonly finding?: string;
  readonly noticedAt?: number;
}

/** A lost key of which a person has taken note. */
export interface AcknowledgedLoss extends LostKey {
  readonly acknowledged: Acknowledgement;
}

/** Why an HSM or its records could not be read. */
export interface StatusTrouble {
  readonly code: WardenErrorCode;
  readonly message: string;
  /** The cause in a word: `503`, `no answer`. */
  readonly reason?: string;
  readonly advice?: string;
}

/** What there is to say of one HSM: what was seen, or why nothing could be. */
export type HsmStatus = SeenStatus | UnseenStatus;

/** An HSM that could not be read, or whose records could not: it has no counts, for none is known to be zero. */
interface UnseenStatus {
  readonly hsm: string;
  readonly verdict: 'unknown';
  readonly trouble: StatusTrouble;
}

/** An HSM as it was seen. */
export interface SeenStatus {
  readonly hsm: string;
  readonly verdict: 'safe' | 'at-risk';
  /** Whether it rests on seals. Where it does not, whoever can write the storage can make up what it rests on. */
  readonly sealed: boolean;
  /** Active keys; those with a good backup; those the settings leave out. */
  readonly active: number;
  readonly covered: number;
  readonly excluded: number;
  readonly risks: readonly KeyRisk[];
  /** Those that nobody has acknowledged. */
  readonly lost: readonly LostKey[];
  readonly acknowledged: readonly AcknowledgedLoss[];
  readonly deleted: readonly DeletedKeyStatus[];
  /** Names that only the backups know any more. */
  readonly restorable: number;
  readonly oldestBackupAt?: number;
  /** The last scan of the watch that saw every key; no member: never. */
  readonly scannedAt?: number;
  readonly lastRun?: LastRun;
  readonly verifiedAt?: number;
  /** Of which of these three the time is not known, and why: where seals are configured it counts by its seal. */
  readonly doubts?: Doubts;
  /** What should be put right, though every key is safe. One sentence each. */
  readonly warnings: readonly string[];
}

/** Whether the HSM could be read. */
export function wasSeen(status: HsmStatus): status is SeenStatus {
  return status.verdict !== 'unknown';
}

/** Whether every key is safe: what exit codes and `safe` in JSON mean, wherever they are given. */
export function isSafe(statuses: readonly Pick<HsmStatus, 'verdict'>[]): boolean {
  return overallVerdict(statuses) === 'safe';
}

/** Whether a verdict over several HSMs rests on seals alone. */
export function isSealed(statuses: readonly HsmStatus[]): boolean {
  return statuses.every((one) => !wasSeen(one) || one.sealed);
}

/** The verdict over several HSMs: what is known to be wrong weighs more than what is not known. */
export function overallVerdict(statuses: readonly Pick<HsmStatus, 'verdict'>[]): Verdict {
  if (statuses.some(({ verdict }) => verdict === 'at-risk')) return 'at-risk';
  return statuses.length === 0 || statuses.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'safe';
}
