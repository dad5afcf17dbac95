/** Decides for one listed key whether this run backs it up, and why. */
import type { BackupRecord } from '../../core/model/backup-record.ts';
import type { ListedKey } from '../../core/model/key.ts';
import { type KeySelection, reasonToSkip } from '../../core/model/selection.ts';

/** Why a key is backed up. */
export type BackupReason = 'new' | 'changed' | 'refresh-due' | 'settling' | 'requested';

/** What a run does with a key. */
export type KeyPlan =
  | { readonly action: 'back-up'; readonly reason: BackupReason }
  | { readonly action: 'unchanged' }
  | { readonly action: 'skip'; readonly reason: string };

/** What a plan is made under. Times are epoch milliseconds. */
export interface PlanPolicy {
  readonly selection: KeySelection;
  /** No backup may grow older than this. */
  readonly refreshMs: number;
  /** When the next run after this one is due. */
  readonly nextRunAt: number;
}

/**
 * The service counts `updated` in whole seconds, so a change in the very second of a backup would look unchanged.
 * A backup taken this close to the key's last change is therefore taken once more by the next run.
 */
export const SETTLING_MS = 2_000;

/**
 * The next run may come to a key only at its end: 100 000 keys take this long at ten a second. A backup that would be too
 * old by then is renewed now.
 */
export const LONGEST_RUN_MS = 3 * 3_600_000;

/** The plan for one key, from the list and the catalogue alone. The list carries no version ids, only times. */
export function planKey(
  key: ListedKey,
  known: Pick<BackupRecord, 'createdAt' | 'updatedAt' | 'capturedAt'> | undefined,
  policy: PlanPolicy,
): KeyPlan {
  const skip = reasonToSkip(key, policy.selection);
  if (skip !== undefined) return { action: 'skip', reason: skip };
  if (known === undefined) return { action: 'back-up', reason: 'new' };
  if (known.createdAt !== key.attributes.createdAt || known.updatedAt !== key.attributes.updatedAt) {
    return { action: 'back-up', reason: 'changed' };
  }
  // Negative when our clock is behind the HSM's: then nobody can say how close the two were.
  const age = known.capturedAt - known.updatedAt;
  if (age < SETTLING_MS) return { action: 'back-up', reason: 'settling' };
  // Taken by a clock that was ahead: it would count as fresh until that time has come.
  if (known.capturedAt > policy.nextRunAt) return { action: 'back-up', reason: 'refresh-due' };
  if (known.capturedAt + policy.refreshMs < policy.nextRunAt + LONGEST_RUN_MS)
    return { action: 'back-up', reason: 'refresh-due' };
  return { action: 'unchanged' };
}
