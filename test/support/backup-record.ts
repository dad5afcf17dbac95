/** Builds records of backups: believable ones, with what a test cares about put in. */
import { createHash } from 'node:crypto';
import type { BackupRecord } from '../../src/core/model/backup-record.ts';

/** A version id, 32 hex digits, that depends on `seed` alone. */
export function versionId(seed: string | number): string {
  return createHash('sha256').update(`version ${seed}`).digest('hex').slice(0, 32);
}

/** A thumbprint that depends on `seed` alone. */
export function thumbprint(seed: string | number): string {
  return createHash('sha256').update(`thumbprint ${seed}`).digest('base64url');
}

/** The record that belongs to `backup`. */
export function aBackupRecord(backup: Uint8Array, changes: Partial<BackupRecord> = {}): BackupRecord {
  const hsm = changes.hsm ?? 'contoso';
  const key = changes.key ?? 'orders';
  const versions = changes.versions ?? [{ version: versionId(1), thumbprint: thumbprint(1) }];
  return {
    format: 1,
    hsm,
    key,
    keyId: `https://${hsm}.managedhsm.azure.net/keys/${key}/${versions.at(-1)?.version}`,
    createdAt: Date.UTC(2026, 0, 1),
    updatedAt: Date.UTC(2026, 0, 2),
    capturedAt: Date.UTC(2026, 0, 31, 2, 0, 0, 123),
    sha256: createHash('sha256').update(backup).digest('hex'),
    bytes: backup.byteLength,
    runId: 'run-1',
    versions,
    ...changes,
  };
}
