/** Says whether an active key has the backup it was promised. */

import type { ListedKey } from '../../../core/model/key.ts';
import { reasonToSkip } from '../../../core/model/selection.ts';
import { nextRunAfter } from '../../../core/schedule.ts';
import { isoTime } from '../../../core/time.ts';
import type { CatalogueEntry } from '../../recovery-points/catalogue.ts';
import type { JudgeContext } from '../model/context.ts';
import { judgeCoverage } from '../model/coverage.ts';
import type { Finding } from '../model/events.ts';
import type { ActiveKey } from '../model/watch-state.ts';

/** What was promised to a key with a backup: when the next one is due, and why. Epoch milliseconds. */
interface Promised {
  readonly dueAt: number;
  readonly reason: 'changed' | 'too-old';
}

/** The active key as it is to be remembered, and what is to be reported about it. Each fault is reported once while it lasts. */
export function classifyActive(
  context: JudgeContext,
  key: ListedKey,
  known: ActiveKey,
  entry: CatalogueEntry | undefined,
): { readonly known: ActiveKey; readonly findings: readonly Finding[] } {
  const { unprotected, overdueSince, ...sound } = known;
  if (reasonToSkip(key, context.policy.selection) !== undefined) return { known: sound, findings: [] };
  const { coverage } = judgeCoverage(key.attributes.createdAt, entry, known.oldestVersion);
  if (entry === undefined || coverage === 'none')
    return classifyUnprotected(context, key, sound, unprotected);
  return classifyOverdue(context, key, sound, entry, overdueSince);
}

/** When the next backup of a key is due, by the nightly schedule and by the age that no backup may exceed. */
export function promised(
  { policy }: Pick<JudgeContext, 'policy'>,
  key: ListedKey,
  { record }: CatalogueEntry,
): Promised {
  const { createdAt, updatedAt } = key.attributes;
  const tooOldAt = record.capturedAt + policy.refreshMs;
  if (record.createdAt === createdAt && record.updatedAt === updatedAt) {
    return { dueAt: tooOldAt, reason: 'too-old' };
  }
  // A restored key carries old times: the change was then noticed at the earliest after the backup.
  const changedAt = Math.max(updatedAt, record.capturedAt);
  const nextRun = nextRunAfter(policy.schedule, changedAt);
  return { dueAt: Math.min(nextRun, tooOldAt), reason: 'changed' };
}

function classifyUnprotected(
  { hsm, now, policy }: JudgeContext,
  key: ListedKey,
  sound: ActiveKey,
  before: ActiveKey['unprotected'],
): { readonly known: ActiveKey; readonly findings: readonly Finding[] } {
  // A rotation must not start the count again: the time of the first sight stays.
  const since = before?.since ?? Math.min(key.attributes.createdAt, now);
  if (before?.told === true) return { known: { ...sound, unprotected: before }, findings: [] };
  if (now - since < policy.unprotectedAfterMs) {
    return { known: { ...sound, unprotected: { since, told: false } }, findings: [] };
  }
  const finding: Finding = {
    kind: 'key-unprotected',
    discriminator: `since ${since}`,
    data: {
      hsm,
      key: key.name,
      severity: 'high',
      createdAt: isoTime(key.attributes.createdAt),
      since: isoTime(since),
    },
  };
  return { known: { ...sound, unprotected: { since, told: true } }, findings: [finding] };
}

function classifyOverdue(
  context: JudgeContext,
  key: ListedKey,
  sound: ActiveKey,
  entry: CatalogueEntry,
  overdueSince: number | undefined,
): { readonly known: ActiveKey; readonly findings: readonly Finding[] } {
  const { hsm, now, policy } = context;
  const { dueAt, reason } = promised(context, key, entry);
  if (now <= dueAt + policy.graceMs) return { known: sound, findings: [] };
  if (overdueSince !== undefined) return { known: { ...sound, overdueSince }, findings: [] };
  const finding: Finding = {
    kind: 'backup-overdue',
    // Two keys that had the name one after the other may be due at one moment, each for its own reason.
    discriminator: `due ${dueAt}, ${reason}, last ${entry.record.capturedAt}`,
    data: {
      hsm,
      key: key.name,
      severity: 'warning',
      dueAt: isoTime(dueAt),
      lastBackupAt: isoTime(entry.record.capturedAt),
      reason,
    },
  };
  return { known: { ...sound, overdueSince: dueAt }, findings: [finding] };
}
