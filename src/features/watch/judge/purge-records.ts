/** Which purge in the HSM's audit log is that of a key remembered. */

import { account, type PastPurge } from '../model/purge-ledger.ts';
import type { KeySignal } from '../model/signals.ts';
import type { KnownKey } from '../model/watch-state.ts';

/** Deletions are dated in whole seconds, the log in finer steps. */
const LOG_ROUNDING_MS = 1_000;

/** What is known of the purges of a name. */
interface PurgeRecords {
  readonly pastPurge: PastPurge | undefined;
  /** As the audit log reported them, oldest first. */
  readonly purges: readonly KeySignal[];
}

/** Whether the audit log reports the purge of the key remembered. */
export function isToldPurged({ pastPurge, purges }: PurgeRecords, known: KnownKey): boolean {
  return account(pastPurge, purges).fresh.some((signal) => isPurgeOf(known, signal));
}

/** Whether a purge in the log can be that of the key remembered. All these times are the service's. */
export function isPurgeOf(known: KnownKey, { at }: KeySignal): boolean {
  if (known.state === 'active') return at >= known.createdAt;
  return at >= known.deletedAt - LOG_ROUNDING_MS && at <= known.scheduledPurgeAt + LOG_ROUNDING_MS;
}
