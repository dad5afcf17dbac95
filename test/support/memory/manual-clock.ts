/** A clock that stands still until it is set, so that ninety days pass in a test without a wait. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../src/core/ports.ts';
import { abortedError } from './abort.ts';

interface Sleeper {
  readonly wakeAt: number;
  readonly wake: () => void;
}

/** How a {@link ManualClock} is set up. */
export interface ManualClockOptions {
  /** Epoch milliseconds to start at; 2026-01-01T00:00:00Z when absent. */
  readonly now?: number;
  /**
   * Whether time jumps to the next sleeper once nothing else is ready to run. Work that waits for real IO
   * does not count as ready: this mode is for code whose other ports are in memory.
   */
  readonly autoAdvance?: boolean;
}

/** The time under a test's control. */
export class ManualClock implements Clock {
  readonly #sleepers: Sleeper[] = [];
  readonly #autoAdvance: boolean;
  #now: number;
  #jumping = false;

  constructor(options: ManualClockOptions = {}) {
    this.#now = options.now ?? Date.UTC(2026, 0, 1);
    this.#autoAdvance = options.autoAdvance ?? false;
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.#now;
  }

  /** How many callers are asleep. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /** Resolves when the clock was moved to or past the end of `ms` milliseconds; rejects with `aborted`. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(abortedError(signal));
        return;
      }
      const sleeper: Sleeper = {
        wakeAt: this.#now + Math.max(0, ms),
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const onAbort = (): void => {
        this.#remove(sleeper);
        reject(abortedError(signal));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#insert(sleeper);
      if (this.#autoAdvance) this.#startJumping();
    });
  }

  /**
   * Moves the time by `ms` milliseconds, waking sleepers one by one at their own moments; whatever each of them does at
   * once, including going back to sleep, happens before the time moves on.
   */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms;
    await setImmediate();
    for (
      let next = this.#sleepers[0];
      next !== undefined && next.wakeAt <= target;
      next = this.#sleepers[0]
    ) {
      await this.#wakeFirst(next);
    }
    this.#now = Math.max(this.#now, target);
  }

  #startJumping(): void {
    if (this.#jumping) return;
    this.#jumping = true;
    void this.#jump();
  }

  async #jump(): Promise<void> {
    await setImmediate();
    for (let next = this.#sleepers[0]; next !== undefined; next = this.#sleepers[0])
      await this.#wakeFirst(next);
    this.#jumping = false;
  }

  async #wakeFirst(sleeper: Sleeper): Promise<void> {
    this.#remove(sleeper);
    this.#now = Math.max(this.#now, sleeper.wakeAt);
    sleeper.wake();
    await setImmediate();
  }

  /** Keeps the sleepers in order of waking; those of one moment wake in the order in which they fell asleep. */
  #insert(sleeper: Sleeper): void {
    const place = this.#sleepers.findIndex((other) => other.wakeAt > sleeper.wakeAt);
    this.#sleepers.splice(place === -1 ? this.#sleepers.length : place, 0, sleeper);
  }

  #remove(sleeper: Sleeper): void {
    const place = this.#sleepers.indexOf(sleeper);
    if (place !== -1) this.#sleepers.splice(place, 1);
  }
}
