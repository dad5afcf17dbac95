/** What a blob in the container of the backups is, and the failures of those that are not what was expected. Pure. */
import { definedOnly } from '../../core/defined-only.ts';
import { WardenError } from '../../core/errors.ts';
import { isBlobOf } from '../../core/model/backup-blob-name.ts';
import type { BackupRecord } from '../../core/model/backup-record.ts';
import type { StoredBackup } from '../../core/ports.ts';

/** What a blob's name and length say against the record in its metadata; undefined when nothing does. */
export function mismatch(blob: string, length: number | undefined, record: BackupRecord): string | undefined {
  if (!isBlobOf(blob, record)) return 'its name is not that of its record';
  return length === record.bytes ? undefined : 'its length is not that of its record';
}

/** The failure of whoever asked for this very blob. */
export function notABackup(blob: string, why: string): WardenError {
  return new WardenError('backup-damaged', {
    message: `The blob ${blob} is not readable as a backup: ${why}.`,
    advice: 'Choose another backup of the key.',
  });
}

/** The failure of a write that met another backup. */
export function taken({ hsm, key }: BackupRecord, blob: string, cause: unknown): WardenError {
  return new WardenError('blob-exists', {
    message: `Could not store ${blob}: another backup has that name.`,
    advice: 'Nothing is lost: the backup stored under that name stays as it is.',
    hsm,
    key,
    cause,
  });
}

/** A backup as it is stored. */
export function toStored(
  blob: string,
  record: BackupRecord,
  storedAt: Date,
  versionId: string | undefined,
): StoredBackup {
  return { blob, storedAt: storedAt.getTime(), record, ...definedOnly({ versionId }) };
}
