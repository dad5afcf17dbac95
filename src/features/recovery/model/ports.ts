/** What the recovery needs from the outside world beyond the ports of the whole engine. */
import type { Fact, RecoveryRecord } from './record.ts';

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

/** A record after a change. */
export interface ChangedRecord extends HeldRecord {
  /** The facts that waited to be published before the change. */
  readonly pendingBefore: readonly Fact[];
}
