/** The order of recovery points. No clock of ours decides it alone: one that is ahead would make its backup the newest for ever. */
import type { BackupRecord } from './backup-record.ts';

/** A recovery point, in the store or as the catalogue remembers it. */
export interface PointInTime {
  readonly blob: string;
  /** By the clock of the store, epoch milliseconds. */
  readonly storedAt: number;
  readonly record: Pick<BackupRecord, 'capturedAt' | 'versions'>;
}

/**
 * Which of two times comes first; negative when `a` does. A copy is stored later than its original, and a wrong clock may be
 * ahead of the store's: of the time of capture and that of storing the earlier counts.
 */
export function placeInTime(a: PointInTime, b: PointInTime): number {
  return timeOf(a) - timeOf(b);
}

/**
 * Sorts the older one first. The store counts whole seconds: within one, the point with more versions is the younger, for no
 * version of a key goes away; then the time of capture decides, then the name, so that every reader finds the same order.
 */
export function olderFirst(a: PointInTime, b: PointInTime): number {
  return (
    placeInTime(a, b) ||
    a.record.versions.length - b.record.versions.length ||
    a.record.capturedAt - b.record.capturedAt ||
    Number(a.blob > b.blob) - Number(a.blob < b.blob)
  );
}

function timeOf({ storedAt, record }: PointInTime): number {
  return Math.min(storedAt, record.capturedAt);
}
