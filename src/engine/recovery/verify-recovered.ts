/** Proves that the key that came back is the one that was lost: every version, by its public key. */
import { WardenError } from '../errors.ts';
import type { BackupRecord } from '../model/backup-record.ts';
import type { ListedVersion, VersionFact } from '../model/key.ts';
import type { KeyService } from '../ports.ts';

/** What was proven. */
export interface Verification {
  /** Versions the key has now. */
  readonly versions: number;
  /** Versions that were compared with the backup's record. */
  readonly verified: number;
  readonly warnings: readonly string[];
}

/**
 * Compares an active key with the record of a backup: no recorded version is missing, and each has the recorded public
 * key (RFC 7638 thumbprint). A symmetric key shows nothing of itself: its version ids and the newest one's time of
 * creation are compared. Versions newer than the backup are noted. Fails with `recovered-mismatch` or KeyService codes.
 */
export async function verifyRecovered(
  keys: KeyService,
  record: BackupRecord,
  signal: AbortSignal,
): Promise<Verification> {
  const listed = await keys.listVersions(record.key, signal);
  const found = new Map(listed.map((version) => [version.version, version]));
  const faults = await Promise.all(
    record.versions.map((fact) => versionFault(keys, record, fact, found.get(fact.version), signal)),
  );
  const mismatches = faults.filter((fault) => fault !== undefined);
  if (mismatches.length > 0) {
    throw new WardenError('recovered-mismatch', {
      message: `Key ${record.key} is active on HSM ${keys.hsm}, but it is not the key of the backup: ${mismatches.slice(0, 5).join('; ')}.`,
      advice: 'Do not use the key. Find out who created it; the audit log of the HSM names the caller.',
      hsm: keys.hsm,
      key: record.key,
    });
  }
  const newer = listed.length - record.versions.length;
  return {
    versions: listed.length,
    verified: record.versions.length,
    warnings:
      newer > 0 ? [`${newer} version(s) are newer than the backup and were compared with nothing.`] : [],
  };
}

async function versionFault(
  keys: KeyService,
  record: BackupRecord,
  fact: VersionFact,
  listed: ListedVersion | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (listed === undefined) return `version ${fact.version} is missing`;
  const { thumbprint } = await keys.getKey(record.key, fact.version, signal);
  if (thumbprint !== fact.thumbprint) return `version ${fact.version} has another public key`;
  const isNewest = record.versions.at(-1)?.version === fact.version;
  const isSymmetric = fact.thumbprint === undefined;
  if (isSymmetric && isNewest && listed.attributes.createdAt !== record.createdAt) {
    return `version ${fact.version} was created at another time`;
  }
  return undefined;
}
