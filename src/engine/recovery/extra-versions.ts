/** Judges versions that a key has beyond those its backup's record claims: by the time they were made. Pure. */
import { isoTime } from '../iso-time.ts';
import type { ListedVersion } from '../model/key.ts';
import type { Expectation } from './expectation.ts';

/** The service counts whole seconds, and the clock of the app is not that of the HSM. */
const TOLERANCE_MS = 5_000;

/**
 * A restored key may hold versions that were made after the record's were read and before the backup was taken; a
 * recovered one those made up to its deletion. Such a version is told; a later one is explained by nothing and means that
 * somebody else put it there.
 */
export function judgeExtraVersions(
  listed: readonly ListedVersion[],
  { operation, backup }: Pick<Expectation, 'operation' | 'backup'>,
): { readonly faults: readonly string[]; readonly warnings: readonly string[] } {
  const claimed = new Set(backup?.versions.map(({ version }) => version));
  const extra = backup === undefined ? [] : listed.filter(({ version }) => !claimed.has(version));
  const until = operation.action === 'restore' ? backup?.capturedAt : operation.deletedAt;
  const isLate = ({ attributes }: ListedVersion) =>
    until !== undefined && attributes.createdAt > until + TOLERANCE_MS;
  const explained = extra.filter((version) => !isLate(version));
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
