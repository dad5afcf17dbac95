/** From what was remembered of one key and where it is now to what is remembered next, and what is to be reported. */

import { definedOnly } from '../../../core/defined-only.ts';
import type { ListedDeletedKey, ListedKey, ListedVersion } from '../../../core/model/key.ts';
import { CLOCK_SKEW_MS, isoTime } from '../../../core/time.ts';
import type { CatalogueEntry } from '../../recovery-points/catalogue.ts';
import { deletionOf, isSameDeletion, type JudgeContext } from '../model/context.ts';
import type { Finding } from '../model/events.ts';
import type { Presence } from '../model/observation.ts';
import { account, enter, type PastPurge } from '../model/purge-ledger.ts';
import { refreshLeftOut, rememberLeftOut } from '../model/remembered.ts';
import type { KeySignal } from '../model/signals.ts';
import type { ActiveKey, DeletedKey, KnownKey } from '../model/watch-state.ts';
import { isUnreportedBackup } from '../observe/doubts.ts';
import { identify, isReplaced } from '../observe/identity.ts';
import { classifyActive } from './classify-active.ts';
import { beginDeletion, classifyDeleted } from './classify-deleted.ts';
import { classifyPurged, type PurgeEvidence, recordOf } from './classify-purged.ts';
import { isPurgeOf, isToldPurged } from './purge-records.ts';
import { isSettling, settlingSince } from './settling.ts';

/** One key before the step: everything known of the name. */
export interface KeyBefore {
  readonly name: string;
  readonly known: KnownKey | undefined;
  readonly pastPurge: PastPurge | undefined;
  /** When the HSM was last scanned, epoch milliseconds; undefined before the first scan. */
  readonly lookedAt: number | undefined;
  readonly entry: CatalogueEntry | undefined;
  /** The newest backup that can be of the key known: `entry`, unless that is one of a successor. */
  readonly former: CatalogueEntry | undefined;
  /** The deletions and purges of the name that the audit log reported, oldest first. */
  readonly deletes: readonly KeySignal[];
  readonly purges: readonly KeySignal[];
}

/** One key after the step. */
export interface KeyAfter {
  readonly known: KnownKey | undefined;
  readonly purge?: PastPurge | undefined;
  readonly findings: readonly Finding[];
  /** Backups to be kept for good. */
  readonly pins?: readonly string[];
}

/** What ended before the key came to be where it is now. */
type Ended = Omit<KeyAfter, 'known'>;

/** One step of one key. */
export function stepKey(context: JudgeContext, before: KeyBefore, presence: Presence): KeyAfter {
  switch (presence.is) {
    case 'unknown':
      // The late record of a purge reported before names who did it; whatever else the log says waits for a scan that sees.
      return { known: before.known, purge: account(before.pastPurge, before.purges).past, findings: [] };
    case 'gone':
      return stepGone(context, before);
    case 'deleted':
      return stepDeleted(context, before, presence.key, presence.version);
    case 'active':
      return stepActive(context, before, presence.key, presence.versions);
  }
}

/** A key in no list is gone, unless it was seen so lately that not every region may have it. */
function stepGone(context: JudgeContext, before: KeyBefore): KeyAfter {
  const { known, lookedAt } = before;
  const isTold = known !== undefined && isToldPurged(before, known);
  const lastSeenAt = isTold ? undefined : settlingSince(context, known, lookedAt);
  if (known === undefined || lastSeenAt === undefined)
    return { ...endGone(context, before), known: undefined };
  return { ...endUnseen(context, before), known: { ...known, lastSeenAt } };
}

function endGone(context: JudgeContext, before: KeyBefore): Ended {
  const { known, entry, pastPurge } = before;
  if (known !== undefined) return endPurged(context, before, known);
  const ended = endUnseen(context, before);
  if (ended.findings.length > 0 || entry === undefined || !isUnreportedBackup(entry, pastPurge)) return ended;
  // The HSM gave the backup out just now: the region that answers may not have the key yet.
  if (isSettling(context, entry.record.capturedAt)) return ended;
  return tellPurges(context, before, ended.purge, [{ foundBy: 'catalogue', entry }]);
}

function stepDeleted(
  context: JudgeContext,
  before: KeyBefore,
  key: ListedDeletedKey,
  version: string | undefined,
): KeyAfter {
  const { known, deletes } = before;
  if (known?.state === 'deleted' && isSameDeletion(known.deletedAt, key.deletedAt)) {
    // A purge of that name in the log is then one of an earlier key: this one is still there.
    const earlier = endUnseen(context, {
      ...before,
      purges: before.purges.filter(({ at }) => at < known.deletedAt),
    });
    const current = {
      ...refreshLeftOut(known, key, context.policy.selection),
      // When it is purged the HSM says: a memory that says later would keep its thresholds silent.
      scheduledPurgeAt: key.scheduledPurgeAt,
      // The log comes later than the first scan that sees the deletion.
      ...definedOnly({ deletedBy: known.deletedBy ?? deleterOf(known, deletes) }),
    };
    const pending = classifyDeleted(context, key, current, before.entry);
    return { ...earlier, known: pending.known, findings: [...earlier.findings, ...pending.findings] };
  }
  const ended = endBeforeDeletion(context, before, key);
  const isNewKey = isSuccessor(before, ended);
  // Backups without its newest version are of the key before it; while that version is not known, all may be.
  const oldest = isNewKey ? version : known?.oldestVersion;
  const entry = isNewKey && version === undefined ? undefined : before.entry;
  const begun = beginDeletion(context, key, entry, oldest, deletes.at(-1)?.caller);
  const pending = classifyDeleted(context, key, begun.known, entry);
  return {
    ...ended,
    known: pending.known,
    findings: [...ended.findings, begun.finding, ...pending.findings],
  };
}

function stepActive(
  context: JudgeContext,
  before: KeyBefore,
  key: ListedKey,
  versions: readonly ListedVersion[] | undefined,
): KeyAfter {
  const { known, entry, lookedAt } = before;
  const replaced = known !== undefined && isReplaced(known, versions, before.former);
  const ended = replaced ? endPurged(context, before, known) : endFormer(context, before);
  const oldest = replaced || known === undefined ? newOwner(before, versions) : known.oldestVersion;
  const next: ActiveKey = {
    state: 'active',
    createdAt: key.attributes.createdAt,
    ...definedOnly({ oldestVersion: oldest }),
    ...rememberLeftOut(key, context.policy.selection),
    ...(known?.state === 'active' && !replaced ? faultsOf(known) : {}),
    // A key that came back is as old as ever, but could not be backed up while it was deleted: its time begins now.
    ...(known?.state === 'deleted' && !replaced ? { unprotected: { since: context.now, told: false } } : {}),
    // One restored here from another HSM is as old as it was there, and was not here at the last scan.
    ...(known === undefined && lookedAt !== undefined && key.attributes.createdAt < lookedAt
      ? { unprotected: { since: lookedAt, told: false } }
      : {}),
  };
  const judged = classifyActive(context, key, next, entry);
  return { ...ended, known: judged.known, findings: [...ended.findings, ...judged.findings] };
}

/** For a name used before: its oldest version now, unless the backups are of this very key (it was restored). */
function newOwner(
  { entry, known, pastPurge }: KeyBefore,
  versions: readonly ListedVersion[] | undefined,
): string | undefined {
  const usedBefore = known !== undefined || pastPurge !== undefined;
  if (!usedBefore || versions === undefined) return undefined;
  const isRestored = entry?.record.versions.some(({ version }) =>
    versions.some((v) => v.version === version),
  );
  return isRestored === true ? undefined : versions[0]?.version;
}

/** Whether the key deleted now came after one that was purged. A key seen active outlives purges older than itself. */
function isSuccessor(before: KeyBefore, { findings }: Ended): boolean {
  if (before.known?.state === 'active') return isToldPurged(before, before.known);
  return findings.some(({ kind }) => kind === 'key-purged');
}

/** The key remembered, if it was deleted, has gone before this deletion: purged, or recovered and deleted again. */
function endBeforeDeletion(context: JudgeContext, before: KeyBefore, key: ListedDeletedKey): Ended {
  const { known, entry, former, deletes } = before;
  if (known === undefined) return endUnseen(context, before);
  if (known.state === 'active') {
    return isToldPurged(before, known) ? endPurged(context, before, known) : endUnseen(context, before);
  }
  const identity = identify({ known, key, entry, former, deletes });
  if (identity === 'same') return endFormer(context, before);
  return endPurged(context, before, known, identity === 'presumed-other');
}

/** The key remembered is elsewhere now: if it was deleted, it was purged if the audit log says so, else recovered. */
function endFormer(context: JudgeContext, before: KeyBefore): Ended {
  const { known } = before;
  if (known?.state !== 'deleted') return endUnseen(context, before);
  if (isToldPurged(before, known)) return endPurged(context, before, known);
  const { hsm } = context;
  const data = { hsm, key: before.name, severity: 'info', deletedAt: isoTime(known.deletedAt) } as const;
  const recovered: Finding = { kind: 'key-recovered', discriminator: deletionOf(known), data };
  const ended = endUnseen(context, before);
  return { ...ended, findings: [recovered, ...ended.findings] };
}

/** The key remembered was purged, and perhaps others of its name after it. */
function endPurged(context: JudgeContext, before: KeyBefore, known: KnownKey, presumed = false): Ended {
  const { past, fresh } = account(before.pastPurge, before.purges);
  const record = fresh.find((signal) => isPurgeOf(known, signal));
  const others = fresh.filter((signal) => signal !== record);
  return tellPurges(context, before, past, [
    { foundBy: 'look', known, record, presumed: presumed && record === undefined },
    ...others.map((signal): PurgeEvidence => ({ foundBy: 'audit-log', signal })),
  ]);
}

/** Purges of which only the audit log knows: of keys that no scan has seen. */
function endUnseen(context: JudgeContext, before: KeyBefore): Ended {
  const { past, fresh } = account(before.pastPurge, before.purges);
  return tellPurges(
    context,
    before,
    past,
    fresh.map((signal): PurgeEvidence => ({ foundBy: 'audit-log', signal })),
  );
}

function tellPurges(
  context: JudgeContext,
  { name, entry, former }: KeyBefore,
  past: PastPurge | undefined,
  evidence: readonly PurgeEvidence[],
): Ended {
  let purge = past;
  const findings: Finding[] = [];
  const pins: string[] = [];
  for (const proof of evidence) {
    const judged = classifyPurged(context, name, proof, proof.foundBy === 'look' ? former : entry);
    findings.push(judged.finding);
    if (judged.pin !== undefined) pins.push(judged.pin);
    const { coverage } = judged;
    const isOnlyExcluded = purge === undefined || purge.excluded === true;
    const known = proof.foundBy === 'look' && proof.known.state === 'deleted' ? proof.known : undefined;
    const isExpiry = known !== undefined && known.scheduledPurgeAt <= context.now + CLOCK_SKEW_MS;
    purge = enter(purge, { at: context.now, record: recordOf(proof), isExpiry, known });
    if (coverage === 'excluded' && isOnlyExcluded) purge = { ...purge, excluded: true };
    if (coverage === 'none') purge = { ...purge, lost: 'key' };
    else if (coverage === 'partial' && purge.lost === undefined) purge = { ...purge, lost: 'newest-version' };
  }
  return { purge, findings, pins };
}

/** Who made the deletion remembered, by the log. */
function deleterOf({ deletedAt }: DeletedKey, deletes: readonly KeySignal[]) {
  return deletes.find(({ at }) => isSameDeletion(at, deletedAt))?.caller;
}

function faultsOf({ unprotected, overdueSince }: ActiveKey) {
  return {
    ...definedOnly({ unprotected, overdueSince }),
  };
}
