/** Judges a backup by what is known of its key from elsewhere: the catalogue, and the other recovery points. Pure. */
import type { BackupRecord } from '../../../core/model/backup-record.ts';
import type { VersionFact } from '../../../core/model/key.ts';
import { placeInTime } from '../../../core/model/recovery-order.ts';
import { isoTime } from '../../../core/time.ts';

/** Versions named in a sentence. */
const NAMED = 3;

/** A recovery point, in the store or as the catalogue remembers it. */
export interface KnownPoint {
  readonly blob: string;
  /** By the clock of the store, epoch milliseconds. */
  readonly storedAt: number;
  readonly record: BackupRecord;
}

/** A version that the key must have, and whether the catalogue, which lies elsewhere than the backups, says so too. */
export interface ExpectedVersion extends VersionFact {
  readonly confirmed: boolean;
}

/** What is to be thought of a backup. */
export interface Judgement {
  /** What contradicts proof: with one of these it is not restored. */
  readonly contradictions: readonly string[];
  /** What approvers must know. */
  readonly warnings: readonly string[];
  /** Whether it is younger than what the catalogue knows and has nothing in common with it: never chosen automatically. */
  readonly isStranger: boolean;
  readonly expected: readonly ExpectedVersion[];
  /** Other recovery points that share versions with it and contradict none of them. */
  readonly agreeing: number;
}

/**
 * Compares `candidate` with the catalogue's entry and with `points`, the recovery points of the same name. A version's id and
 * public key never change and no version of a key ever goes away, so another public key, or a version missing that was there
 * before, is a contradiction. Where the catalogue agrees with the candidate, a point that does not is reported, not believed.
 * Without a common version it may be of another key that had the name: reported, for a key may be made again after its purge.
 */
export function judgeCandidate(
  candidate: KnownPoint,
  catalogue: KnownPoint | undefined,
  points: readonly KnownPoint[],
): Judgement {
  const contradictions: string[] = [];
  const warnings: string[] = [];
  const own = catalogue === undefined ? undefined : judgeByCatalogue(candidate, catalogue);
  contradictions.push(...(own?.contradictions ?? []));
  warnings.push(...(own?.warnings ?? [NOT_IN_CATALOGUE]));
  const isConfirmed = own?.isConfirmed ?? false;
  let unrelated = 0;
  let agreeing = 0;
  for (const point of points) {
    if (isSamePoint(point, candidate)) continue;
    const fault = faultBetween(candidate, point);
    if (fault !== undefined) {
      const believed =
        !isConfirmed && !isContradicted(point, catalogue) && placeInTime(point, candidate) <= 0;
      if (believed) contradictions.push(fault);
      else warnings.push(`The backup ${point.blob} disagrees: ${fault}.`);
    } else if (shares(point, candidate)) agreeing += 1;
    else unrelated += 1;
  }
  if (unrelated > 0) {
    warnings.push(
      `${unrelated} other backup(s) of this name hold none of its versions: they are of another key that had the name.`,
    );
  }
  const confirmed = new Set(
    catalogue === undefined || own?.contradictions.length !== 0
      ? []
      : catalogue.record.versions.map(({ version }) => version),
  );
  const expected = candidate.record.versions.map((fact) => ({
    ...fact,
    confirmed: confirmed.has(fact.version),
  }));
  return { contradictions, warnings, isStranger: own?.isStranger ?? false, expected, agreeing };
}

const NOT_IN_CATALOGUE =
  'The catalogue knows no backup of this key: nothing but the backups themselves says what the key was.';

function judgeByCatalogue(candidate: KnownPoint, catalogue: KnownPoint) {
  const isYounger = placeInTime(candidate, catalogue) > 0;
  if (!shares(candidate, catalogue)) {
    const { capturedAt, versions } = catalogue.record;
    return {
      contradictions: [],
      warnings: [
        `It has no version in common with the backup that the catalogue knows, captured at ${isoTime(capturedAt)} (version ${namesOf(versions)}): it may be of another key.`,
      ],
      isStranger: isYounger,
      isConfirmed: false,
    };
  }
  const altered = alteredIn(candidate, catalogue);
  const missing = missingIn(candidate, catalogue);
  const isLacking = missing.length > 0 && !isOlder(candidate, catalogue);
  const contradictions = [
    ...(altered.length > 0
      ? [`version ${namesOf(altered)} has another public key than the catalogue says`]
      : []),
    ...(isLacking ? [`it lacks version ${namesOf(missing)}, which the catalogue proves`] : []),
  ];
  const warnings =
    missing.length > 0 && !isLacking
      ? [`The catalogue knows ${missing.length} later version(s) that it does not hold: ${namesOf(missing)}.`]
      : [];
  return { contradictions, warnings, isStranger: false, isConfirmed: contradictions.length === 0 };
}

/** Why two points cannot both tell the truth of one key. */
function faultBetween(candidate: KnownPoint, point: KnownPoint): string | undefined {
  const altered = alteredIn(candidate, point);
  if (altered.length > 0) {
    return `version ${namesOf(altered)} has another public key than the backup ${point.blob} says`;
  }
  if (!shares(candidate, point) || !isOlder(point, candidate)) return undefined;
  const missing = missingIn(candidate, point);
  return missing.length === 0
    ? undefined
    : `it lacks version ${namesOf(missing)}, which the older backup ${point.blob} holds`;
}

function isContradicted(point: KnownPoint, catalogue: KnownPoint | undefined): boolean {
  return catalogue !== undefined && (!shares(point, catalogue) || alteredIn(point, catalogue).length > 0);
}

function alteredIn({ record }: KnownPoint, other: KnownPoint): VersionFact[] {
  const known = new Map(other.record.versions.map((fact) => [fact.version, fact]));
  return record.versions.filter(({ version, thumbprint }) => {
    const fact = known.get(version);
    return fact !== undefined && fact.thumbprint !== thumbprint;
  });
}

function missingIn({ record }: KnownPoint, other: KnownPoint): VersionFact[] {
  const held = new Set(record.versions.map(({ version }) => version));
  return other.record.versions.filter(({ version }) => !held.has(version));
}

function shares({ record }: KnownPoint, other: KnownPoint): boolean {
  return missingIn({ ...other, record }, other).length < other.record.versions.length;
}

function isOlder(a: KnownPoint, b: KnownPoint): boolean {
  return placeInTime(a, b) < 0;
}

/** A pinned copy says nothing of its own. */
function isSamePoint(a: KnownPoint, b: KnownPoint): boolean {
  return a.blob === b.blob || JSON.stringify(a.record) === JSON.stringify(b.record);
}

function namesOf(facts: readonly VersionFact[]): string {
  const names = facts.slice(0, NAMED).map(({ version }) => version);
  return `${names.join(', ')}${facts.length > NAMED ? ` and ${facts.length - NAMED} more` : ''}`;
}
