/** Proves that the key that came back is the one that was lost: every version, and what could be seen of it before. */
import { WardenError } from '../../../core/errors.ts';
import type { ListedVersion, VersionFact } from '../../../core/model/key.ts';
import type { KeyService } from '../../../core/ports.ts';
import { isoTime } from '../../../core/time.ts';
import {
  type ComparedVersion,
  compareVersions,
  timedVersionOf,
} from '../../recovery-points/compare-versions.ts';
import { seenOf } from '../planning/key-state.ts';
import { compareSeen } from './compare-seen.ts';
import { type Expectation, judgeExtraVersions } from './extra-versions.ts';

/** What was proven. */
export interface Verification {
  /** Versions the key has now. */
  readonly versions: number;
  /** Versions that were compared with a record that is confirmed from elsewhere. */
  readonly verified: number;
  readonly warnings: readonly string[];
}

/**
 * Compares an active key with what is known of it. Of every version in the backup's record: that it is there, and its
 * public key (RFC 7638 thumbprint). A symmetric key shows nothing of itself: that one of its versions was created when the
 * record says. Of the newest version of a recovered key: type and time of creation, and as warnings what anybody may
 * change (operations, enabled, dates, exportable, time of change). Of versions beyond the record: whether their time
 * explains them. A backup of an earlier key of the name proves nothing, and is reported. Fails with `recovered-mismatch` or KeyService codes.
 */
export async function verifyRecovered(
  keys: KeyService,
  expected: Expectation,
  signal: AbortSignal,
): Promise<Verification> {
  const { operation } = expected;
  const listed = await keys.listVersions(operation.key, signal);
  const attributes = await compareAttributes(keys, expected, listed, signal);
  const isEarlier = attributes.faults.length === 0 && isOfEarlierKey(expected, listed);
  const backup = isEarlier ? undefined : expected.backup;
  const facts = backup?.versions ?? [];
  const compared = await compareVersions(keys, { key: operation.key, facts, listed }, signal);
  const extras = judgeExtraVersions(listed, { operation, backup });
  const mismatches = [...compared.flatMap(versionFaults), ...attributes.faults, ...extras.faults];
  if (mismatches.length > 0) {
    throw new WardenError('recovered-mismatch', {
      message: `Key ${operation.key} is active on HSM ${keys.hsm}, but it is not the key that was lost: ${mismatches.slice(0, 5).join('; ')}.`,
      advice: 'Do not use the key. Find out who created it; the audit log of the HSM names the caller.',
      hsm: keys.hsm,
      key: operation.key,
    });
  }
  const unconfirmed = expected.confirmed?.filter(({ confirmed }) => !confirmed) ?? [];
  return {
    versions: listed.length,
    verified: facts.length - unconfirmed.length,
    warnings: [
      ...unproven(expected, isEarlier),
      ...unconfirmedVersions(unconfirmed),
      ...withoutPublicKey(facts),
      ...attributes.warnings,
      ...extras.warnings,
    ],
  };
}

function unconfirmedVersions(unconfirmed: readonly VersionFact[]): readonly string[] {
  if (unconfirmed.length === 0) return [];
  return [
    `${unconfirmed.length} version(s) are as the backup's own record says and count as unverified, for nothing else confirms it: ${unconfirmed.map(({ version }) => version).join(', ')}.`,
  ];
}

/** What verified means for versions whose content nobody can see. */
function withoutPublicKey(facts: readonly VersionFact[]): readonly string[] {
  const count = facts.filter(({ thumbprint }) => thumbprint === undefined).length;
  if (count === 0) return [];
  return [
    `${count} version(s) have no public key that could be compared: what was compared is that they are there, by their ids, and when one version was created.`,
  ];
}

/**
 * Whether the backup is of a key that had the name before this one and was purged: not one of its versions is here. Only
 * what was seen of a deleted key can tell that it is the right one nevertheless; recovering changes no version.
 */
function isOfEarlierKey({ operation, seen, backup }: Expectation, listed: readonly ListedVersion[]): boolean {
  if (operation.action !== 'recover' || seen === undefined || backup === undefined) return false;
  const recorded = new Set(backup.versions.map(({ version }) => version));
  return !listed.some(({ version }) => recorded.has(version));
}

function unproven({ backup }: Expectation, isEarlier: boolean): readonly string[] {
  if (backup === undefined) return ['There was no backup to verify the key against.'];
  if (!isEarlier) return [];
  return [
    `There was no backup to verify the key against: the newest, captured at ${isoTime(backup.capturedAt)}, is of an earlier key of this name. Only the newest version was compared, with what was seen of it while it was deleted.`,
  ];
}

function versionFaults({ version, fault }: ComparedVersion): readonly string[] {
  if (fault === undefined) return [];
  return [
    fault === 'missing' ? `version ${version} is missing` : `version ${version} has another public key`,
  ];
}

async function compareAttributes(
  keys: KeyService,
  { operation, seen, backup }: Expectation,
  listed: readonly ListedVersion[],
  signal: AbortSignal,
): Promise<{ readonly faults: readonly string[]; readonly warnings: readonly string[] }> {
  if (seen !== undefined) {
    if (!listed.some(({ version }) => version === seen.version)) {
      return { faults: [`version ${seen.version} is missing`], warnings: [] };
    }
    return compareSeen(seen, seenOf(await keys.getKey(operation.key, seen.version, signal)));
  }
  if (backup === undefined) return { faults: [], warnings: [] };
  const timed = timedVersionOf(backup, listed);
  const isSymmetric = backup.versions.some(({ thumbprint }) => thumbprint === undefined);
  if (timed === undefined) {
    return {
      faults: isSymmetric ? ['none of its versions was created when the record says'] : [],
      warnings: [],
    };
  }
  const isChanged = operation.action === 'restore' && timed.attributes.updatedAt !== backup.updatedAt;
  return {
    faults: [],
    warnings: isChanged
      ? [`Attributes of version ${timed.version} were changed at another time than the backup's record says.`]
      : [],
  };
}
