/** Under what a key is judged, and what identifies one deletion of it. */
import type { WatchPolicy } from './policy.ts';
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

/** Milliseconds until the purge, never negative: the HSM's clock decides when it really happens. */
export function timeLeft(known: Pick<DeletedKey, 'scheduledPurgeAt'>, now: number): number {
  return Math.max(0, known.scheduledPurgeAt - now);
}

/** Identifies one deletion of a key. */
export function deletionOf(known: DeletedKey): string {
  return `deleted ${known.deletedAt}`;
}
