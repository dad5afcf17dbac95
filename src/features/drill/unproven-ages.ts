/** How long keys have been without a proof, and what there is of proofs, with what a run has just found taken into account. */
import { type DrillResult, isConclusive } from './model/result.ts';
import { goodOf } from './model/results.ts';
import { type Known, lastDrillOf } from './select.ts';

/** The keys of one HSM that the run has not proven. */
interface HsmAges {
  readonly hsm: string;
  /** Milliseconds since the last proof, or since the backup where there is none. */
  readonly ages: readonly { readonly key: string; readonly ms: number }[];
}

/** By HSM. */
export function agesOf(
  known: readonly Known[],
  results: readonly DrillResult[],
  now: number,
): readonly HsmAges[] {
  const lastOf = lastDrillOf(known);
  const proven = provenBy(results);
  return known.map(({ hsm, candidates }) => ({
    hsm,
    ages: candidates
      .filter(({ key }) => !proven.has(`${hsm}/${key}`))
      .map((one) => ({ key: one.key, ms: now - (lastOf(one)?.provenAt ?? one.capturedAt) })),
  }));
}

/** How long the key that waits longest has been without a proof, in whole seconds; 0 when the run has proven all. */
export function oldestSeconds(known: readonly Known[], results: readonly DrillResult[], now: number): number {
  const all = agesOf(known, results, now).flatMap(({ ages }) => ages.map(({ ms }) => ms));
  return Math.floor(all.reduce((oldest, ms) => Math.max(oldest, ms), 0) / 1_000);
}

/** The last proof of each key that has one. */
export function proofsOf(known: readonly Known[], results: readonly DrillResult[]): readonly DrillResult[] {
  const proven = provenBy(results);
  const earlier = known.flatMap(({ hsm, results: stored }) =>
    [...stored.values()].flatMap((drills) => {
      const good = goodOf(drills);
      return good === undefined || proven.has(`${hsm}/${good.key}`) ? [] : [good];
    }),
  );
  return [...earlier, ...results.filter(isConclusive)];
}

function provenBy(results: readonly DrillResult[]): ReadonlySet<string> {
  return new Set(results.filter(isConclusive).map(({ hsm, key }) => `${hsm}/${key}`));
}
