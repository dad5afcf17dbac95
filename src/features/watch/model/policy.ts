/** What the watch searches for, and when it speaks up. */

import type { KeySelection } from '../../../core/model/selection.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../core/time.ts';

/** How long before a purge the watch speaks up, longest first: 30, 14, 7, 3 and 1 days, and 6 hours. */
export const DEFAULT_THRESHOLDS_MS: readonly number[] = [
  30 * DAY_MS,
  14 * DAY_MS,
  7 * DAY_MS,
  3 * DAY_MS,
  DAY_MS,
  6 * HOUR_MS,
];

/** The rules of the watch. Durations are milliseconds. */
export interface WatchPolicy {
  /** How long before the purge to speak up, longest first. */
  readonly thresholdsMs: readonly number[];
  /** Keys that are not selected need no backup: they are watched, but never called unprotected. */
  readonly selection: KeySelection;
  /** Six-field NCRONTAB text of the nightly run, UTC. */
  readonly schedule: string;
  /** How long after it was due a backup may still be on its way. */
  readonly graceMs: number;
  /** No backup may grow older than this. */
  readonly refreshMs: number;
  /** How long a new key may be without a backup. */
  readonly unprotectedAfterMs: number;
  /** Shortest soft-delete retention that is good enough, in days. */
  readonly minRetentionDays: number;
  /** How long an HSM may fail to answer before that is reported. */
  readonly unreachableAfterMs: number;
  /** How long a key that was seen may be in no list before it is gone: regions of an HSM see a change at different times. */
  readonly settlingMs: number;
}

/**
 * A change of an HSM with two regions may take this long to be in both, milliseconds
 * (https://learn.microsoft.com/azure/key-vault/managed-hsm/multi-region-replication).
 */
export const REPLICATION_MS = 6 * MINUTE_MS;

/** Thresholds in the order in which time meets them, each once. */
export function orderThresholds(thresholdsMs: readonly number[]): readonly number[] {
  return [...new Set(thresholdsMs)].sort((a, b) => b - a);
}
