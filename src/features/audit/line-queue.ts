/** Lines that wait to be written: what comes while a write is under way is written with the next one, in the order in which it came. */
import { isWardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { type AuditEvent, type ChainTip, storable } from './entry.ts';

/** Lines written in one go at most; a block of an append blob holds 4 MiB. */
const BATCH = 100;
/** Of these with a seal: one is signed after the other, and whatever another writer appends meanwhile makes it in vain. */
const SEALED_BATCH = 10;

/** A line to be written. `occurredAt` is the app's time, epoch milliseconds. */
export interface Line {
  readonly event: AuditEvent;
  readonly occurredAt: number;
  /** Whether it must be sealed. */
  readonly sealed: boolean;
}

interface Waiting extends Line {
  readonly resolve: (tip: ChainTip) => void;
  readonly reject: (error: unknown) => void;
}

/** One per writer of the log. */
export class LineQueue {
  readonly #append: (lines: readonly Line[]) => Promise<ChainTip>;
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  #writing = false;

  /** `append` writes all of the lines or none, and resolves with where the chain stands then. */
  constructor(append: (lines: readonly Line[]) => Promise<ChainTip>, clock: Clock) {
    this.#append = append;
    this.#clock = clock;
  }

  /** Resolves once the line is written; fails as the append of its batch. */
  add(event: AuditEvent, sealed: boolean): Promise<ChainTip> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event: storable(event), occurredAt: this.#clock.now(), sealed, resolve, reject });
      if (!this.#writing) void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, batchLength(this.#waiting));
      try {
        const tip = await this.#append(batch);
        for (const { resolve } of batch) resolve(tip);
      } catch (error) {
        // What needs no seal does not fail for the want of one.
        const hasNoSeal = isWardenError(error, 'seal-unavailable');
        for (const { sealed, reject } of batch) {
          if (sealed || !hasNoSeal) reject(error);
        }
        this.#waiting.unshift(...batch.filter(({ sealed }) => hasNoSeal && !sealed));
      }
    }
    this.#writing = false;
  }
}

function batchLength(lines: readonly Line[]): number {
  const sealed = [...lines.keys()].filter((place) => lines[place]?.sealed === true);
  return Math.min(BATCH, sealed[SEALED_BATCH] ?? lines.length);
}
