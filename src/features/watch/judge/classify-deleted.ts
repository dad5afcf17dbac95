/** Says what is to be reported of a soft-deleted key: that it was deleted, and each threshold as its purge comes closer. */

import { definedOnly } from '../../../core/defined-only.ts';
import type { ListedDeletedKey } from '../../../core/model/key.ts';
import { isoTime } from '../../../core/time.ts';
import type { CatalogueEntry } from '../../recovery-points/catalogue.ts';
import { deletionOf, type JudgeContext, timeLeft } from '../model/context.ts';
import { afterPurge, excuse, judgeCoverage } from '../model/coverage.ts';
import type { Caller, Finding, FindingData } from '../model/events.ts';
import { orderThresholds } from '../model/policy.ts';
import { rememberLeftOut } from '../model/remembered.ts';
import { severityOfDeleted } from '../model/severity.ts';
import type { DeletedKey } from '../model/watch-state.ts';

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
    ...definedOnly({ oldestVersion }),
    ...rememberLeftOut(key, context.policy.selection),
    deletedAt: key.deletedAt,
    scheduledPurgeAt: key.scheduledPurgeAt,
    told: [],
    uses: [],
    ...definedOnly({ deletedBy }),
  };
  const facts = deletedFacts(context, key, known, entry);
  const data = { ...facts, ...definedOnly({ deletedBy }) };
  return { known, finding: { kind: 'key-deleted', discriminator: deletionOf(known), data } };
}

/** The thresholds that `known` has crossed since they were last reported, one finding each, longest first. */
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

/** A threshold at least as long as the whole retention is never crossed: the deletion itself was reported. */
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
    ...definedOnly({ recoveryLevel }),
    recoverable: 'recover',
    afterPurge: afterPurge(coverage),
    ...coverage,
  };
}
