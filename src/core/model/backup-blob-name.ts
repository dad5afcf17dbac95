/** The names of a backup in the store, its own and that of its pinned copy. Pure; described in docs/backup-format.md. */
import { isoTime } from '../time.ts';
import type { BackupRecord } from './backup-record.ts';
import { RESERVED_FOLDERS } from './names.ts';

/** Where the copies are that no lifecycle rule touches; no HSM may have this name. */
const PINNED = RESERVED_FOLDERS.pinned;

/** What the name of a backup says. */
export interface BackupName {
  readonly hsm: string;
  readonly key: string;
  /** Epoch milliseconds. */
  readonly capturedAt: number;
  /** The newest version inside. */
  readonly version: string;
}

/** `{hsm}/{key}/{time}-{newest version}.keybackup`: names of one key sort by time. */
export function backupBlobName({ hsm, key, capturedAt, version }: BackupName): string {
  return `${backupPrefix(hsm)}${key}/${compactTime(capturedAt)}-${version}.keybackup`;
}

/** What a backup is named after. */
export function backupNameOf(record: BackupRecord): BackupName {
  const { hsm, key, capturedAt, versions } = record;
  return { hsm, key, capturedAt, version: versions.at(-1)?.version ?? '' };
}

/** Whether `blob` is where a backup with this record is stored: under its own name, or as its pinned copy. */
export function isBlobOf(blob: string, record: BackupRecord): boolean {
  return originalBlobName(blob) === backupBlobName(backupNameOf(record));
}

/** What the names of all backups of an HSM begin with. */
export function backupPrefix(hsm: string): string {
  return `${hsm}/`;
}

/** The blob that a pinned one is a copy of; of any other blob its own name. */
export function originalBlobName(blob: string): string {
  return blob.startsWith(`${PINNED}/`) ? blob.slice(PINNED.length + 1) : blob;
}

/** The copy of a backup that no lifecycle rule touches; a copy is its own. */
export function pinnedBlobName(blob: string): string {
  return blob.startsWith(`${PINNED}/`) ? blob : `${PINNED}/${blob}`;
}

/** ISO 8601 basic format, UTC, to the millisecond: `20260131T020000123Z`. */
function compactTime(ms: number): string {
  return isoTime(ms).replaceAll(/[-:.]/g, '');
}
