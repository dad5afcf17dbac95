/** Says what is to be told of a soft-deleted key: that it was deleted, and each threshold as its purge comes closer. */
import type { CatalogueEntry } from '../backup/catalogue.ts';
import type { Caller, Finding, FindingData } from '../events/finding.ts';
import { isoTime } from '../iso-time.ts';
import type { ListedDeletedKey } from '../model/key.ts';
import { afterPurge, excuse, judgeCoverage } from './coverage.ts';
import { orderThresholds, type WatchPolicy } from './policy.ts';
import { rememberLeftOut } from './remembered.ts';
import { severityOfDeleted } from './severity.ts';
import type { DeletedKey } from './watch-state.ts';

/** What judging a key is done under. `now`: epoch milliseconds. */
export interface JudgeContext {
  readonly hsm: string;
  readonly now: number;
  readonly policy: WatchPolicy;
}

/** `deletedDate` was seen to differ by one second between two answers about the same deletion. */
const SAME_DELETION_MS = 2_000;

/** Whether two deletion dates of a key are of the same deletion. */
export function isSameDeletion(a: number, b: number): boolean {
  return Math.abs(a - b) <= SAME_DELETION_MS;
}

/** A key seen deleted for the first time, and the finding that says so. */
export function beginDeletion(
  context: JudgeContext,
  key: ListedDeletedKey,
  entry: CatalogueEntry | undefined,
  oldestVersion: string | undefined,
  deletedBy: Caller | undefined,
): { readonly known: DeletedKey; readonly finding: Finding } {
  const known: DeletedKey = {
    state: 'deleted',
    createdAt: key.attributes.createdAt,
    ...(oldestVersion === undefined ? {} : { oldestVersion }),
    ...rememberLeftOut(key, context.policy.selection),
    deletedAt: key.deletedAt,
    scheduledPurgeAt: key.scheduledPurgeAt,
    told: [],
    uses: [],
  };
  const facts = deletedFacts(context, key, known, entry);
  const data = { ...facts, ...(deletedBy === undefined ? {} : { deletedBy }) };
  return { known, finding: { kind: 'key-deleted', discriminator: deletionOf(known), data } };
}

/** The thresholds that `known` has crossed since they were last told, one finding each, longest first. */
export function classifyDeleted(
  context: JudgeContext,
  key: ListedDeletedKey,
  known: DeletedKey,
  entry: CatalogueEntry | undefined,
): { readonly known: DeletedKey; readonly findings: readonly Finding[] } {
  const crossed = crossedThresholds(context, known).filter((threshold) => !known.told.includes(threshold));
  if (crossed.length === 0) return { known, findings: [] };
  const facts = deletedFacts(context, key, known, entry);
  const findings = crossed.map(
    (threshold): Finding => ({
      kind: 'purge-pending',
      discriminator: `${deletionOf(known)} ${threshold}`,
      data: { ...facts, thresholdSeconds: Math.floor(threshold / 1000) },
    }),
  );
  return { known: { ...known, told: [...known.told, ...crossed] }, findings };
}

/** Milliseconds until the purge, never negative: the HSM's clock decides when it really happens. */
export function timeLeft(known: Pick<DeletedKey, 'scheduledPurgeAt'>, now: number): number {
  return Math.max(0, known.scheduledPurgeAt - now);
}

/** Identifies one deletion of a key. */
export function deletionOf(known: DeletedKey): string {
  return `deleted ${known.deletedAt}`;
}

/** A threshold at least as long as the whole retention is never crossed: the deletion itself was told. */
function crossedThresholds({ now, policy }: JudgeContext, known: DeletedKey): readonly number[] {
  const retention = known.scheduledPurgeAt - known.deletedAt;
  const left = timeLeft(known, now);
  return orderThresholds(policy.thresholdsMs).filter(
    (threshold) => threshold < retention && left <= threshold,
  );
}

function deletedFacts(
  { hsm, now, policy }: JudgeContext,
  key: ListedDeletedKey,
  known: DeletedKey,
  entry: CatalogueEntry | undefined,
): FindingData<'key-deleted'> {
  const coverage = excuse(judgeCoverage(known.createdAt, entry, known.oldestVersion), key, policy.selection);
  const left = timeLeft(known, now);
  const { recoveryLevel } = key.attributes;
  return {
    hsm,
    key: key.name,
    severity: severityOfDeleted(coverage.coverage, left, policy.thresholdsMs),
    deletedAt: isoTime(known.deletedAt),
    scheduledPurgeAt: isoTime(known.scheduledPurgeAt),
    secondsLeft: Math.floor(left / 1000),
    ...(recoveryLevel === undefined ? {} : { recoveryLevel }),
    recoverable: 'recover',
    afterPurge: afterPurge(coverage),
    ...coverage,
  };
}
