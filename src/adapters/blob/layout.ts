/** The name of everything the product keeps in Blob storage, both ways. Pure; described in docs/backup-format.md. */
import type { DocumentAddress } from '../../core/documents/document-store.ts';
import {
  type BackupName,
  backupBlobName,
  backupPrefix,
  originalBlobName,
  pinnedBlobName,
} from '../../core/model/backup-blob-name.ts';
import { RESERVED_FOLDERS } from '../../core/model/names.ts';

/** Where the public keys of backups are; no HSM may have this name. */
const PUBLIC_KEYS = RESERVED_FOLDERS.publicKeys;

/** A compact JWE, RFC 7516 section 4.1.11 and RFC 7515 section 9.2.1. */
export const BACKUP_CONTENT_TYPE = 'application/jose';

const BACKUP_BLOB =
  /^([^/]+)\/([0-9A-Za-z-]{1,127})\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-([0-9a-f]{32})\.keybackup$/;

/** The parts of a backup's name; undefined when the blob is named otherwise. */
export function parseBackupBlobName(blob: string): BackupName | undefined {
  const match = BACKUP_BLOB.exec(blob);
  if (match === null) return undefined;
  const [, hsm = '', key = '', year, month, day, hour, minute, second, ms, version = ''] = match;
  const capturedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  const name = { hsm, key, capturedAt, version };
  // February 30th parses as a day of March: only what would be written is read.
  return Number.isNaN(capturedAt) || backupBlobName(name) !== blob ? undefined : name;
}

/** Whether a blob, or what it is a pinned copy of, has the name of a backup of this key on this HSM. */
export function isBackupOf(blob: string, { hsm, key }: Pick<BackupName, 'hsm' | 'key'>): boolean {
  const name = parseBackupBlobName(originalBlobName(blob));
  return name?.hsm === hsm && name.key === key;
}

/** Where the public keys are that are kept beside a backup, out of the lists of backups. */
export function publicKeysBlobName(blob: string): string {
  const original = originalBlobName(blob);
  const name = `${PUBLIC_KEYS}/${original}.json`;
  return original === blob ? name : pinnedBlobName(name);
}

/** The key whose backups lie in `folder`, one of those directly within `prefix`. */
export function keyOfFolder(prefix: string, folder: string): string {
  return folder.slice(prefix.length, -1);
}

/** The prefixes under which the backups of an HSM are found: in the order in which a list gives them. */
export function backupPrefixes(hsm: string): readonly string[] {
  const prefix = backupPrefix(hsm);
  return [prefix, pinnedBlobName(prefix)].sort();
}

/** What the names of all recovery requests begin with. */
export const RECOVERY_PREFIX = 'recoveries/';

/** The blob of a document of state. */
export function documentBlobName(address: DocumentAddress): string {
  switch (address.kind) {
    case 'catalogue':
      return `catalogue/${address.hsm}.jsonl`;
    case 'run':
      return `runs/${address.hsm}/${address.runId}.jsonl`;
    case 'summary':
      return `summaries/${address.hsm}.jsonl`;
    case 'last-run':
    case 'open-run':
    case 'watch':
    case 'verify':
    case 'pace':
    case 'drill':
    case 'drill-results':
    case 'drill-enrolments':
      return `${address.kind}/${address.hsm}.json`;
    case 'recovery':
      return `${RECOVERY_PREFIX}${address.id}.json`;
    case 'fleet':
      return 'fleet/discovery.json';
    case 'fleet-summary':
      return `fleet/summary-${address.place}.json`;
    case 'recovery-index':
      return 'recovery-index.json';
    // Outside of what the backup app may write: people decide it.
    case 'adoptions':
      return `adoptions/${address.hsm}.json`;
    case 'rearming':
      return 'audit/rearming.json';
    case 'webhook-rate':
      return `webhook-rates/${address.source}.json`;
    case 'notify-incidents':
      return `notify/incidents/${address.scope}.json`;
    case 'notify-channel':
      return `notify/channels/${address.channel}.json`;
    // Outside of what the app that sends may write: it must not acknowledge in the name of people.
    case 'notify-acknowledged':
      return 'acknowledged/incidents.json';
  }
}

/** What the names of all runs over an HSM begin with. */
export function runPrefix(hsm: string): string {
  return `runs/${hsm}/`;
}

/** The run over `hsm` that a blob holds; undefined when the blob is named otherwise. */
export function parseRunBlobName(blob: string, hsm: string): string | undefined {
  const prefix = runPrefix(hsm);
  return blob.startsWith(prefix) && blob.endsWith('.jsonl')
    ? blob.slice(prefix.length, -'.jsonl'.length)
    : undefined;
}

/** The request a blob holds; undefined when the blob is named otherwise. */
export function parseRecoveryBlobName(blob: string): string | undefined {
  return /^recoveries\/([0-9a-z]{26})\.json$/.exec(blob)?.[1];
}

/** The empty blob whose lease is the exclusive right `name`. */
export function leaseBlobName(name: string): string {
  return `locks/${name}`;
}
