/** From what was remembered of one key and where it is now to what is remembered next, and what is to be told. */
import type { CatalogueEntry } from '../backup/catalogue.ts';
import type { Finding } from '../events/finding.ts';
import { isoTime } from '../iso-time.ts';
import type { ListedDeletedKey, ListedKey, ListedVersion } from '../model/key.ts';
import { classifyActive } from './classify-active.ts';
import {
  beginDeletion,
  classifyDeleted,
  deletionOf,
  isSameDeletion,
  type JudgeContext,
} from './classify-deleted.ts';
import { classifyPurged, type PurgeEvidence } from './classify-purged.ts';
import { isUntoldBackup, isUntoldPurge } from './doubts.ts';
import { CLOCK_SKEW_MS, type KeySignal, type Presence } from './observation.ts';
import type { ActiveKey, DeletedKey, KnownKey, WatchState } from './watch-state.ts';

/** One key before the step: everything known of the name. */
export interface KeyBefore {
  readonly name: string;
  readonly known: KnownKey | undefined;
  readonly pastPurge: WatchState['purges'][string] | undefined;
  readonly entry: CatalogueEntry | undefined;
  /** The last deletion and purge of the name that the audit log told. */
  readonly deleteSignal: KeySignal | undefined;
  readonly purgeSignal: KeySignal | undefined;
}

/** One key after the step. */
export interface KeyAfter {
  readonly known: KnownKey | undefined;
  readonly purge?: WatchState['purges'][string];
  readonly findings: readonly Finding[];
  /** A backup to be kept for good. */
  readonly pin?: string;
}

/** One step of one key. */
export function stepKey(context: JudgeContext, before: KeyBefore, presence: Presence): KeyAfter {
  switch (presence.is) {
    case 'unknown':
      return { known: before.known, findings: [] };
    case 'gone':
      return stepGone(context, before);
    case 'deleted':
      return stepDeleted(context, before, presence.key);
    case 'active':
      return stepActive(context, before, presence.key, presence.versions);
  }
}

function stepGone(context: JudgeContext, before: KeyBefore): KeyAfter {
  const evidence = evidenceOfGone(before);
  if (evidence === undefined) return { known: undefined, findings: [] };
  return { ...tellPurge(context, before, evidence), known: undefined };
}

function evidenceOfGone({ known, entry, pastPurge, purgeSignal }: KeyBefore): PurgeEvidence | undefined {
  if (known !== undefined) return { foundBy: 'look', known };
  if (purgeSignal !== undefined && isUntoldPurge(purgeSignal, pastPurge)) {
    return { foundBy: 'audit-log', signal: purgeSignal };
  }
  if (entry !== undefined && isUntoldBackup(entry, pastPurge)) return { foundBy: 'catalogue', entry };
  return undefined;
}

function stepDeleted(context: JudgeContext, before: KeyBefore, key: ListedDeletedKey): KeyAfter {
  const { known, entry, deleteSignal } = before;
  if (known?.state === 'deleted' && isSameDeletion(known.deletedAt, key.deletedAt)) {
    return classifyDeleted(context, key, known, entry);
  }
  const former = endFormer(context, before, known?.state === 'deleted' ? known : undefined);
  const oldest = former.purge === undefined ? known?.oldestVersion : undefined;
  const begun = beginDeletion(context, key, entry, oldest, deleteSignal?.caller);
  const pending = classifyDeleted(context, key, begun.known, entry);
  return {
    ...former,
    known: pending.known,
    findings: [...former.findings, begun.finding, ...pending.findings],
  };
}

function stepActive(
  context: JudgeContext,
  before: KeyBefore,
  key: ListedKey,
  versions: readonly ListedVersion[] | undefined,
): KeyAfter {
  const { known, entry } = before;
  const replaced = known !== undefined && isReplaced(known, versions);
  const former = replaced
    ? tellPurge(context, before, { foundBy: 'look', known })
    : endFormer(context, before, known?.state === 'deleted' ? known : undefined);
  const again = replaced || known === undefined ? newOwner(before, versions) : known.oldestVersion;
  const next: ActiveKey = {
    state: 'active',
    createdAt: key.attributes.createdAt,
    ...(again === undefined ? {} : { oldestVersion: again }),
    ...(known?.state === 'active' && !replaced ? faultsOf(known) : {}),
  };
  const judged = classifyActive(context, key, next, entry);
  return { ...former, known: judged.known, findings: [...former.findings, ...judged.findings] };
}

/** Whether the versions show that the key remembered is not the key there now. */
function isReplaced(known: KnownKey, versions: readonly ListedVersion[] | undefined): boolean {
  return (
    versions !== undefined && !versions.some(({ attributes }) => attributes.createdAt === known.createdAt)
  );
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

/** How the remembered deletion ended when the key is seen elsewhere: purged if the audit log says so, else recovered. */
function endFormer(
  context: JudgeContext,
  before: KeyBefore,
  known: DeletedKey | undefined,
): Omit<KeyAfter, 'known'> {
  const { purgeSignal, pastPurge } = before;
  const isPurged = purgeSignal !== undefined && isUntoldPurge(purgeSignal, pastPurge);
  if (known === undefined) {
    return isPurged
      ? tellPurge(context, before, { foundBy: 'audit-log', signal: purgeSignal })
      : { findings: [] };
  }
  if (isPurged && purgeSignal.at >= known.deletedAt - CLOCK_SKEW_MS) {
    return tellPurge(context, before, { foundBy: 'look', known });
  }
  const data = {
    hsm: context.hsm,
    key: before.name,
    severity: 'info',
    deletedAt: isoTime(known.deletedAt),
  } as const;
  return { findings: [{ kind: 'key-recovered', discriminator: deletionOf(known), data }] };
}

function tellPurge(
  context: JudgeContext,
  before: KeyBefore,
  evidence: PurgeEvidence,
): Required<Pick<KeyAfter, 'purge' | 'findings'>> & Pick<KeyAfter, 'pin'> {
  const { name, entry, purgeSignal } = before;
  const told = classifyPurged(context, name, evidence, entry, purgeSignal?.caller);
  const at = Math.max(context.now, purgeSignal?.at ?? 0);
  return {
    findings: [told.finding],
    purge: { at, discriminator: told.finding.discriminator },
    ...(told.pin === undefined ? {} : { pin: told.pin }),
  };
}

function faultsOf({ unprotected, overdueSince }: ActiveKey) {
  return {
    ...(unprotected === undefined ? {} : { unprotected }),
    ...(overdueSince === undefined ? {} : { overdueSince }),
  };
}
