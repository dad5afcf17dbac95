/** Events that are stored in one write with the state they belong to, and stay there until they are accepted. */
import type { CloudEvent } from './cloud-event.ts';

/** The part of a document that holds its events. */
export interface Outbox {
  /** Names the document, as in every other process: `watch/contoso`. */
  readonly name: string;
  /** Names it in the log. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** What waits, oldest first: as known from the write that was just made, or, if `fresh`, as stored now. */
  pending(fresh: boolean): Promise<readonly CloudEvent[]>;
  /** What must be done with what waits before any sink sees it, where something must. When it fails, nothing is published. */
  prepare?(): Promise<void>;
  /**
   * Strikes off in one guarded write what every sink has accepted, and what one has refused for good (which is kept where
   * the document has a place for it); both may be empty. Returns what waits afterwards, which others may have added to.
   */
  strikeOff(accepted: ReadonlySet<string>, refused: ReadonlySet<string>): Promise<readonly CloudEvent[]>;
}

/** What became of the waiting events. */
export interface Delivery {
  readonly accepted: number;
  readonly refused: number;
  /** Still waiting: a sink does not take them now, or they are left to others. */
  readonly waiting: number;
  /** Whether what waits was left to whoever stored it: they publish it within moments, or have died. */
  readonly leftToOthers: boolean;
}
