/** Judges versions that a key has beyond those its backup's record claims: by the time they were made. Pure. */

import type { BackupRecord } from '../../../core/model/backup-record.ts';
import type { ListedVersion } from '../../../core/model/key.ts';
import { CLOCK_SKEW_MS, isoTime } from '../../../core/time.ts';
import type { ExpectedVersion } from '../model/known-facts.ts';
import type { Operation, SeenKey } from '../model/record.ts';

/** Of a recovered key both times are of the HSM, which counts whole seconds. */
const SAME_CLOCK_MS = 5_000;

/**
 * A restored key may hold versions that were made after the record's were read and before the backup was taken; a
 * recovered one those made up to its deletion. Such a version is reported; a later one is explained by nothing and means that
 * somebody else put it there. Without a backup nothing claims a version, and only late ones are reported.
 */
export function judgeExtraVersions(
  listed: readonly ListedVersion[],
  { operation, backup }: Pick<Expectation, 'operation' | 'backup'>,
): { readonly faults: readonly string[]; readonly warnings: readonly string[] } {
  const claimed = new Set(backup?.versions.map(({ version }) => version));
  const extra = listed.filter(({ version }) => !claimed.has(version));
  // When a backup was taken is measured by the clock of the app, when a key was deleted by that of the HSM.
  const [until, tolerance] =
    operation.action === 'restore'
      ? [backup?.capturedAt, CLOCK_SKEW_MS]
      : [operation.deletedAt, SAME_CLOCK_MS];
  const isLate = ({ attributes }: ListedVersion) =>
    until !== undefined && attributes.createdAt > until + tolerance;
  const explained = backup === undefined ? [] : extra.filter((version) => !isLate(version));
  const why =
    operation.action === 'restore'
      ? 'in the backup beyond what its record claims, made just before it was taken'
      : 'newer than the backup';
  return {
    faults: extra
      .filter(isLate)
      .map(
        ({ version, attributes }) =>
          `version ${version}, made at ${isoTime(attributes.createdAt)}, is explained by nothing`,
      ),
    warnings:
      explained.length === 0
        ? []
        : [
            `${explained.length} version(s) are ${why}, and were compared with nothing: ${explained.map(({ version }) => version).join(', ')}.`,
          ],
  };
}

/** By the backup's record, and by what was seen of the key while it was deleted; as far as there are such. */
export interface Expectation {
  readonly operation: Pick<Operation, 'action' | 'key' | 'deletedAt'>;
  readonly seen?: SeenKey | undefined;
  readonly backup: BackupRecord | undefined;
  /** Which versions of the backup's record the catalogue confirms; where nobody asked it, the record alone is believed. */
  readonly confirmed?: readonly ExpectedVersion[] | undefined;
}
