/** Reads what there is to drill: of every key the newest recovery point that counts, and what its last drill came to. */

import { definedOnly } from '../../core/defined-only.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isSameName } from '../../core/model/key-name.ts';
import { type CatalogueEntry, type CatalogueStore, readCatalogue } from '../recovery-points/catalogue.ts';
import { type Enrolment, readEnrolments } from './model/enrolments.ts';
import { type DrillResult, isConclusive } from './model/result.ts';
import { type BelieveDeps, goodOf, type ResultsByKey, readResults } from './model/results.ts';
import type { DrillCandidate, LastDrill } from './plan.ts';

/** A recovery point to drill. */
export interface Candidate extends DrillCandidate {
  readonly entry: CatalogueEntry;
  readonly enrolments: readonly Enrolment[];
}

/** What is known of the keys of one protected HSM. */
export interface Known {
  readonly hsm: string;
  readonly candidates: readonly Candidate[];
  readonly results: ResultsByKey;
}

/** What reading needs. */
export interface SelectDeps extends BelieveDeps {
  readonly state: CatalogueStore & DocumentStore;
}

/** Fails with `state-corrupt`, `seal-unavailable` or a storage code. */
export async function readKnown(deps: SelectDeps, hsm: string, signal: AbortSignal): Promise<Known> {
  const [{ keys }, results, enrolments] = await Promise.all([
    readCatalogue(deps.state, hsm, signal),
    readResults(deps.state, hsm, deps, signal),
    readEnrolments(deps.state, hsm, signal),
  ]);
  const candidates = Object.values(keys).map((entry): Candidate => {
    const { key, capturedAt, createdAt, updatedAt } = entry.record;
    const ofKey = enrolments.get(key) ?? [];
    const last = results.get(key)?.last;
    const kind = last?.kind ?? 'unknown';
    return {
      hsm,
      key,
      kind,
      capturedAt,
      createdAt,
      updatedAt,
      entry,
      enrolments: ofKey,
      ...definedOnly({ unproven: unprovenOf(entry, last, ofKey) }),
    };
  });
  return { hsm, candidates, results };
}

function unprovenOf(
  { record }: CatalogueEntry,
  last: DrillResult | undefined,
  enrolments: readonly Enrolment[],
): DrillCandidate['unproven'] {
  if (last === undefined) return undefined;
  if (isConclusive(last)) return isEnrolledSince(last, enrolments) ? 'enrolled' : undefined;
  if (last.point.sha256 !== record.sha256) return 'replaced';
  return last.verdict === 'failed' ? 'failed' : undefined;
}

function isEnrolledSince({ unused, endedAt }: DrillResult, enrolments: readonly Enrolment[]): boolean {
  return unused.some(
    ({ version, limit }) =>
      limit === 'not-enrolled' &&
      enrolments.some((one) => one.version === version && one.enrolledAt > endedAt),
  );
}

/** The last drill of a candidate that proved something. */
export function lastDrillOf(known: readonly Known[]): (candidate: DrillCandidate) => LastDrill | undefined {
  const byHsm = new Map(known.map((one) => [one.hsm, one.results]));
  return ({ hsm, key }) => {
    const good = goodOf(byHsm.get(hsm)?.get(key));
    if (good === undefined) return undefined;
    const { createdAt, updatedAt } = good.point;
    return { provenAt: good.endedAt, createdAt, updatedAt };
  };
}

/** The candidate of one key. */
export function candidateOf(known: readonly Known[], hsm: string, key: string): Candidate | undefined {
  return known.find((one) => one.hsm === hsm)?.candidates.find((candidate) => isSameName(candidate.key, key));
}
