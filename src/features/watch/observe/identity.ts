/** Says whether a key that is deleted now is the deleted key that is remembered, come back and deleted once more. */

import type { ListedDeletedKey, ListedVersion } from '../../../core/model/key.ts';
import type { CatalogueEntry } from '../../recovery-points/catalogue.ts';
import { isSameDeletion } from '../model/context.ts';
import type { KeySignal } from '../model/signals.ts';
import type { DeletedKey, KnownKey } from '../model/watch-state.ts';

/** `presumed-other`: another key, or the same recovered and rotated; nothing that can still be read distinguishes them. */
export type Identity = 'same' | 'other' | 'presumed-other';

/** What is known around the two deletions of one name. */
export interface TwoDeletions {
  readonly known: DeletedKey;
  readonly key: ListedDeletedKey;
  /** The newest backup of the name, and the newest that can be of the key remembered. */
  readonly entry: CatalogueEntry | undefined;
  readonly former: CatalogueEntry | undefined;
  /** The deletions of the name that the audit log reported. */
  readonly deletes: readonly KeySignal[];
}

/**
 * The versions of a deleted key cannot be listed; its `created` is that of its newest version. Versions are only ever
 * added, and only while a key is active. So the same `created` is the same key (recovered, or restored from a backup), and
 * another one from before the deletion is another key. A later one is either: then backups, purge protection or the
 * audit log may know.
 */
export function identify(between: TwoDeletions): Identity {
  const { known, key, deletes } = between;
  const { createdAt, recoveryLevel } = key.attributes;
  if (createdAt === known.createdAt) return 'same';
  if (createdAt <= known.deletedAt) return 'other';
  const backups = compareBackups(between);
  if (backups !== undefined) return backups;
  // The retention may have ended in between, which no log reports. Both times are the HSM's own: no other clock counts.
  if (createdAt >= known.scheduledPurgeAt) return 'presumed-other';
  // Nobody could purge it; or the log reported the second deletion, and would have reported a purge before it, too.
  const isKnownSame =
    isPurgeProtected(recoveryLevel) || deletes.some(({ at }) => isSameDeletion(at, key.deletedAt));
  return isKnownSame ? 'same' : 'presumed-other';
}

/**
 * Whether the versions show that the key remembered is not the key there now. `former`: the newest backup that can be of the key
 * remembered. Two keys of one second, as one pipeline makes them in two HSMs, differ by the ids of their versions alone.
 */
export function isReplaced(
  known: KnownKey,
  versions: readonly ListedVersion[] | undefined,
  former: CatalogueEntry | undefined,
): boolean {
  if (versions === undefined) return false;
  if (!versions.some(({ attributes }) => attributes.createdAt === known.createdAt)) return true;
  if (versions.some(({ version }) => version === known.oldestVersion)) return false;
  return former?.record.createdAt === known.createdAt && !hasVersionOf(former, versions);
}

/** Whether a backup was taken after the deletion: a deleted key cannot be backed up. */
export function isBackupAfter(
  { record }: Pick<CatalogueEntry, 'record'>,
  { deletedAt }: DeletedKey,
): boolean {
  return record.capturedAt > deletedAt && !isSameDeletion(record.capturedAt, deletedAt);
}

/** Whether a backup is of the key with these versions: version ids are made once. */
export function hasVersionOf(
  { record }: Pick<CatalogueEntry, 'record'>,
  versions: readonly { readonly version: string }[],
): boolean {
  return record.versions.some(({ version }) => versions.some((other) => other.version === version));
}

/** A backup from between the two deletions shows whose versions the key had then. */
function compareBackups({ known, key, entry, former }: TwoDeletions): Identity | undefined {
  if (entry === undefined || former === undefined || !isBackupAfter(entry, known)) return undefined;
  if (hasVersionOf(entry, former.record.versions)) {
    // The key remembered had come back by then; a version made after that backup may be another key's.
    return entry.record.createdAt === key.attributes.createdAt ? 'same' : undefined;
  }
  // Proof only when the older backup is of the key remembered, and not of one still earlier.
  return former.record.createdAt === known.createdAt ? 'other' : undefined;
}

function isPurgeProtected(recoveryLevel: string | undefined): boolean {
  return recoveryLevel !== undefined && !recoveryLevel.includes('Purgeable');
}
