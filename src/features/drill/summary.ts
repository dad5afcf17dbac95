/** What the results of an HSM's drills come to, for people. Pure. */
import type { ResultsByKey } from './model/results.ts';
import { goodOf } from './model/results.ts';

/** Counts of keys by the verdict of their last drill; times in epoch milliseconds, durations in milliseconds. */
export interface DrillSummary {
  readonly hsm: string;
  readonly proven: number;
  readonly metadataOnly: number;
  readonly failed: readonly string[];
  readonly blocked: readonly string[];
  /** When the last drill ended; absent before the first. */
  readonly lastAt?: number;
  /** When the proof was made that is the oldest. */
  readonly oldestProofAt?: number;
  /** How long a restore takes: half of them no longer than `p50`, 95 of 100 no longer than `p95`. */
  readonly restoreMs?: { readonly p50: number; readonly p95: number };
}

/** The summary of one protected HSM. */
export function summariseDrills(hsm: string, results: ResultsByKey): DrillSummary {
  const all = [...results.values()];
  const last = all.map((drills) => drills.last);
  const named = (verdict: string) =>
    last.filter((result) => result.verdict === verdict).map(({ key }) => key);
  const restores = last.flatMap(({ steps }) => steps.restore ?? []).sort((a, b) => a - b);
  const proofs = all.flatMap((drills) => goodOf(drills)?.endedAt ?? []);
  return {
    hsm,
    proven: named('proven').length,
    metadataOnly: named('metadata-only').length,
    failed: named('failed'),
    blocked: named('blocked'),
    ...(last.length > 0 && { lastAt: Math.max(...last.map(({ endedAt }) => endedAt)) }),
    ...(proofs.length > 0 && { oldestProofAt: Math.min(...proofs) }),
    ...(restores.length > 0 && {
      restoreMs: { p50: percentile(restores, 50), p95: percentile(restores, 95) },
    }),
  };
}

/** The nearest rank; `sorted` is not empty. */
function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}
