/** Judges single keys for the status: the active ones by their newest backup, the soft-deleted ones by what a purge would take. */

import type { ListedDeletedKey, ListedKey } from '../../core/model/key.ts';
import { reasonToSkip } from '../../core/model/selection.ts';
import { isoTime } from '../../core/time.ts';
import type { CatalogueEntry } from '../recovery-points/catalogue.ts';
import { promised } from '../watch/judge/classify-active.ts';
import { timeLeft } from '../watch/model/context.ts';
import { excuse, judgeCoverage } from '../watch/model/coverage.ts';
import type { WatchPolicy } from '../watch/model/policy.ts';
import { severityOfDeleted } from '../watch/model/severity.ts';
import type { DeletedKeyStatus, KeyRisk } from './hsm-status.ts';

/** What a key is judged by. `now`: epoch milliseconds. */
export interface KeyContext {
  readonly now: number;
  readonly policy: WatchPolicy;
  readonly entry: CatalogueEntry | undefined;
  /** Set where an earlier key had the same name: its backups do not count. */
  readonly oldestVersion: string | undefined;
  /** Whether the newest backup was found damaged. */
  readonly damaged: boolean;
  /** Whether the store does not hold it any more. */
  readonly missing: boolean;
}

/** What an active key is; a risk says why it is not safe. */
export type ActiveJudgement = 'covered' | 'excluded' | KeyRisk;

/** Judges an active key. */
export function judgeActive(key: ListedKey, context: KeyContext): ActiveJudgement {
  const { now, policy, entry, oldestVersion, damaged, missing } = context;
  if (reasonToSkip(key, policy.selection) !== undefined) return 'excluded';
  const { coverage } = judgeCoverage(key.attributes.createdAt, entry, oldestVersion);
  const name = key.name;
  if (entry === undefined || coverage === 'none') {
    return { key: name, risk: 'no-backup', detail: 'it has no backup' };
  }
  if (missing) {
    return { key: name, risk: 'backup-missing', detail: `its backup ${entry.blob} is not in the store` };
  }
  if (damaged) return { key: name, risk: 'backup-damaged', detail: `its backup ${entry.blob} is damaged` };
  if (coverage !== 'complete') {
    const made = isoTime(key.attributes.createdAt);
    return {
      key: name,
      risk: 'newest-version-not-backed-up',
      detail: `its newest version, made ${made}, is in no backup`,
    };
  }
  const { dueAt } = promised({ policy }, key, entry);
  if (now <= dueAt + policy.graceMs) return 'covered';
  return { key: name, risk: 'backup-too-old', detail: `a new backup was due ${isoTime(dueAt)}` };
}

/** What is to be said of a soft-deleted key. */
export function judgeDeleted(key: ListedDeletedKey, context: KeyContext): DeletedKeyStatus {
  const { now, policy, entry, oldestVersion } = context;
  const usable = context.damaged || context.missing ? undefined : entry;
  const found = judgeCoverage(key.attributes.createdAt, usable, oldestVersion);
  const { coverage, versionsCovered, versionsKnown, backup } = excuse(found, key, policy.selection);
  const leftMs = timeLeft(key, now);
  return {
    key: key.name,
    deletedAt: key.deletedAt,
    scheduledPurgeAt: key.scheduledPurgeAt,
    leftMs,
    coverage,
    versionsCovered,
    versionsKnown,
    severity: severityOfDeleted(coverage, leftMs, policy.thresholdsMs),
    ...(backup === undefined ? {} : { backup: backup.blob }),
  };
}

/** The risk a soft-deleted key is at: what a purge would take for good. */
export function riskOfDeleted({ key, coverage, scheduledPurgeAt }: DeletedKeyStatus): KeyRisk | undefined {
  if (coverage === 'complete' || coverage === 'excluded') return undefined;
  const what = coverage === 'none' ? 'it has no backup' : 'its newest version is in no backup';
  return {
    key,
    risk: 'deleted-without-backup',
    detail: `it is soft-deleted, ${what}, and it is purged ${isoTime(scheduledPurgeAt)}`,
  };
}

/** The risk of a key that only its backups know: that its newest one is damaged. */
export function riskOfUnseen(name: string, { entry, damaged }: KeyContext): readonly KeyRisk[] {
  if (entry === undefined || !damaged) return [];
  return [{ key: name, risk: 'backup-damaged', detail: `its backup ${entry.blob} is damaged` }];
}
