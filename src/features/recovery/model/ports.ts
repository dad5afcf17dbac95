/** What the recovery needs from the outside world beyond the ports of the whole engine. */
import type { FACT_KINDS, RecoveryRecord } from './record.ts';

/** An event of the recovery for the outside world. It never holds a secret, a backup or a token. */
export interface RecoveryEvent {
  /** The same for the same fact told twice. */
  readonly id: string;
  readonly type: (typeof FACT_KINDS)[number] | 'gate-disarmed' | 'override-in-force';
  /** Epoch milliseconds. */
  readonly at: number;
  readonly hsm?: string;
  readonly key?: string;
  readonly recoveryId?: string;
  /** Where a person can look at it. */
  readonly link?: string;
  readonly detail?: string;
  /** Set where somebody must act at once. */
  readonly severity?: 'critical';
}

/** Tells the outside world. At least once; an event is told again until this succeeds. */
export interface RecoveryNotifier {
  notify(event: RecoveryEvent): Promise<void>;
}

/** Random identifiers. */
export interface Ids {
  /** 26 lower-case letters and digits, never the same twice. */
  next(): string;
}

/** A record as read, with the tag that guards its next write. */
export interface HeldRecord {
  readonly record: RecoveryRecord;
  readonly etag: string;
}
