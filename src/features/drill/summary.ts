/** What drills have proven of the recovery points of an HSM, for people. Pure. */
import { DAY_MS, isoTime } from '../../core/time.ts';
import type { CatalogueEntry } from '../recovery-points/catalogue.ts';
import type { DrillResult } from './model/result.ts';
import { goodOf, type KeyDrills, type ResultsByKey } from './model/results.ts';

/**
 * Each key with a recovery point is in one of the counts, by what is known of its newest recovery point. Times in epoch milliseconds,
 * durations in milliseconds.
 */
export interface DrillSummary {
  readonly hsm: string;
  readonly proven: number;
  readonly metadataOnly: number;
  /** Keys of which an earlier recovery point was shown to restore, and the newest one not yet. */
  readonly earlier: number;
  /** Keys of which no drill has shown anything. */
  readonly undrilled: number;
  readonly failed: readonly string[];
  readonly blocked: readonly string[];
  /** Keys without a proof for longer than the days of the settings. */
  readonly overdue: readonly string[];
  /** When the last drill ended; absent before the first. */
  readonly lastAt?: number;
  /** When the proof was made that is the oldest. */
  readonly oldestProofAt?: number;
  /** How long a restore takes: half of them no longer than `p50`, 95 of 100 no longer than `p95`. */
  readonly restoreMs?: { readonly p50: number; readonly p95: number };
}

/** What is summarised. */
export interface SummaryFacts {
  readonly hsm: string;
  /** The newest recovery point of each key. */
  readonly points: readonly Pick<CatalogueEntry, 'record'>[];
  readonly results: ResultsByKey;
  /** Within how many days each key is to be proven. */
  readonly days: number;
  readonly now: number;
}

type Standing = Exclude<keyof DrillSummary, 'hsm' | 'overdue' | 'lastAt' | 'oldestProofAt' | 'restoreMs'>;

/** The summary of one protected HSM. */
export function summariseDrills({ hsm, points, results, days, now }: SummaryFacts): DrillSummary {
  const all = points.map(({ record }) => {
    const drills = results.get(record.key);
    return { record, drills, good: goodOf(drills), standing: standingOf(record.sha256, drills) };
  });
  const named = (standing: Standing) =>
    all.filter((one) => one.standing === standing).map(({ record }) => record.key);
  const proofs = all.flatMap(({ good }) => good ?? []);
  const restoreMs = restoreTimes(proofs);
  const last = all.flatMap(({ drills }) => drills?.last.endedAt ?? []);
  return {
    hsm,
    proven: named('proven').length,
    metadataOnly: named('metadataOnly').length,
    earlier: named('earlier').length,
    undrilled: named('undrilled').length,
    failed: named('failed'),
    blocked: named('blocked'),
    overdue: all
      .filter(({ record, good }) => now - (good?.endedAt ?? record.capturedAt) > days * DAY_MS)
      .map(({ record }) => record.key),
    ...(last.length > 0 && { lastAt: Math.max(...last) }),
    ...(proofs.length > 0 && { oldestProofAt: Math.min(...proofs.map(({ endedAt }) => endedAt)) }),
    ...(restoreMs !== undefined && { restoreMs }),
  };
}

/** A failure of an earlier recovery point says nothing of the newest; a drill that was blocked takes no proof away. */
function standingOf(sha256: string, drills: KeyDrills | undefined): Standing {
  const isOf = (result: DrillResult | undefined) => result?.point.sha256 === sha256;
  const good = goodOf(drills);
  if (drills?.last.verdict === 'failed' && isOf(drills.last)) return 'failed';
  if (good !== undefined && isOf(good)) return good.verdict === 'proven' ? 'proven' : 'metadataOnly';
  if (drills?.last.verdict === 'blocked') return 'blocked';
  return good === undefined ? 'undrilled' : 'earlier';
}

/** What must be said beside the last drill of a key: that it was not of the newest recovery point. */
export function remarkOf(
  point: Pick<CatalogueEntry, 'record'> | undefined,
  { last }: KeyDrills,
): string | undefined {
  if (point === undefined) return 'The catalogue has no recovery point of the key any more.';
  if (point.record.sha256 === last.point.sha256) return undefined;
  return 'It was an earlier recovery point; the newest is not drilled yet.';
}

/** What drills say to those who decide on the restore of a backup: whether it was tried, and how long a restore takes. */
export function drillNotes(
  results: ResultsByKey,
  { hsm, key, sha256 }: { readonly hsm: string; readonly key: string; readonly sha256: string },
): string[] {
  const drills = results.get(key);
  const good = goodOf(drills);
  const times = restoreTimes([...results.values()].flatMap((one) => goodOf(one) ?? []));
  return [
    triedNote([drills?.last, good].find((one) => one?.point.sha256 === sha256 && one.verdict !== 'blocked')),
    ...(times === undefined
      ? []
      : [
          `In drills the restore of a key of HSM ${hsm} took ${secondsOf(times.p50)}, at most ${secondsOf(times.p95)} for 95 of 100.`,
        ]),
  ];
}

function triedNote(result: DrillResult | undefined): string {
  if (result === undefined) return 'No drill has tried this very backup.';
  const at = isoTime(result.endedAt);
  if (result.verdict === 'failed')
    return `The drill at ${at} did not bring the key back from this very backup: ${result.reasons.join(' ')}`;
  const how = result.verdict === 'proven' ? 'and used it' : 'and compared it, without using it';
  return `The drill at ${at} restored this very backup ${how}.`;
}

/** How long a restore took in these drills: half of them, and 95 of 100; undefined where none restored anything. */
export function restoreTimes(proofs: readonly DrillResult[]): DrillSummary['restoreMs'] {
  const sorted = proofs.flatMap(({ steps }) => steps.restore ?? []).sort((a, b) => a - b);
  return sorted.length === 0 ? undefined : { p50: percentile(sorted, 50), p95: percentile(sorted, 95) };
}

function secondsOf(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** The nearest rank; `sorted` is not empty. */
function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}
