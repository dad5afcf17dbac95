/** Compares the versions of a key that came back with those that a recovery point recorded. */
import type { BackupRecord } from '../../core/model/backup-record.ts';
import type { KeyDetail, ListedVersion, VersionFact } from '../../core/model/key.ts';
import type { KeyService } from '../../core/ports.ts';

/** A recorded version as it came back; nothing is found of one that is missing. */
export interface ComparedVersion {
  readonly version: string;
  readonly found?: KeyDetail;
  readonly fault?: 'missing' | 'another public key';
}

/**
 * Every recorded version, in their order: whether it is there, and whether its public key (RFC 7638 thumbprint) is the recorded
 * one. Fails with the codes of {@link KeyService}.
 */
export function compareVersions(
  keys: Pick<KeyService, 'getKey'>,
  {
    key,
    facts,
    listed,
  }: {
    readonly key: string;
    readonly facts: readonly VersionFact[];
    readonly listed: readonly ListedVersion[];
  },
  signal: AbortSignal,
): Promise<readonly ComparedVersion[]> {
  const present = new Set(listed.map(({ version }) => version));
  return Promise.all(
    facts.map(async ({ version, thumbprint }): Promise<ComparedVersion> => {
      if (!present.has(version)) return { version, fault: 'missing' };
      const found = await keys.getKey(key, version, signal);
      return found.thumbprint === thumbprint
        ? { version, found }
        : { version, found, fault: 'another public key' };
    }),
  );
}

/**
 * The version that the times of a record are of: the one that was the newest when the keys were listed. A moment later there may have
 * been another, which the record has, too. Undefined when no recorded version was created then.
 */
export function timedVersionOf(
  { versions, createdAt }: Pick<BackupRecord, 'versions' | 'createdAt'>,
  listed: readonly ListedVersion[],
): ListedVersion | undefined {
  const recorded = new Set(versions.map(({ version }) => version));
  return listed.findLast(
    ({ version, attributes }) => recorded.has(version) && attributes.createdAt === createdAt,
  );
}
