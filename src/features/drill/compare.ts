/** Compares a restored key with what the recovery point says of it, before anything is done with it. */
import type { BackupRecord } from '../../core/model/backup-record.ts';
import type { KeyDetail, ListedVersion } from '../../core/model/key.ts';
import { isSameName } from '../../core/model/key-name.ts';
import {
  type ComparedVersion,
  compareVersions,
  timedVersionOf,
} from '../recovery-points/compare-versions.ts';
import type { DrillHsm } from './ports.ts';

/** What was found. */
export interface Comparison {
  /** What is not as it was recorded, each a sentence. */
  readonly faults: readonly string[];
  /** Every recorded version as it came back, oldest first. */
  readonly versions: readonly KeyDetail[];
}

/** What of the record counts: it is sealed where seals are configured. */
type Recorded = Pick<BackupRecord, 'key' | 'createdAt' | 'updatedAt' | 'versions'>;

/** Of the answer to the restore alone: a key of another name is not looked at any further. */
export function nameFault(record: Pick<BackupRecord, 'key'>, restored: KeyDetail): string | undefined {
  if (isSameName(restored.name, record.key)) return undefined;
  return `The backup holds another key: ${restored.name} was restored, not ${record.key}.`;
}

/**
 * Reads every recorded version in the drill HSM and compares. Of all versions: that they are there, and their public keys. Of the
 * version that the record's times are of: when it was created and changed. Fails with the codes of the drill HSM.
 */
export async function compareRestored(
  hsm: DrillHsm,
  record: Recorded,
  signal: AbortSignal,
): Promise<Comparison> {
  const listed = await hsm.keys.listVersions(record.key, signal);
  const compared = await compareVersions(
    hsm.keys,
    { key: record.key, facts: record.versions, listed },
    signal,
  );
  return {
    faults: [...compared.flatMap(versionFaults), ...timeFaults(record, listed)],
    versions: compared.flatMap(({ found }) => found ?? []),
  };
}

function versionFaults({ version, fault }: ComparedVersion): readonly string[] {
  if (fault === undefined) return [];
  return [
    fault === 'missing'
      ? `Version ${version} is missing.`
      : `Version ${version} has another public key than was recorded.`,
  ];
}

/** A key that was changed between the list and the backup came back as it was changed. */
function timeFaults(record: Recorded, listed: readonly ListedVersion[]): readonly string[] {
  const timed = timedVersionOf(record, listed);
  if (timed === undefined) return ['None of its versions was created when the record says.'];
  if (timed.attributes.updatedAt >= record.updatedAt) return [];
  return [`The attributes of version ${timed.version} are older than was recorded.`];
}
