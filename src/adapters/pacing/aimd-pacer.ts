/**
 * Spaces the requests to one HSM evenly, slows down when the HSM asks for it, and comes back.
 *
 * This is not p-queue: its cap per interval is fixed when the queue is made, while ours follows the HSM's answers.
 */
import { abortReason } from '../../core/errors.ts';
import type { Clock, Pacer } from '../../core/ports.ts';
import { LONGEST_WAIT_MS } from '../../core/retry.ts';

const SECOND_MS = 1000;
/** Slots are this much further apart than the rate says, so that a network's jitter does not push one more into a second. */
const SPACING_GUARD = 1.015;
/** Starts in any window this long never exceed the rate, however late timers were. Timers late by less than the guard leaves cost nothing. */
export const WINDOW_MS = 1005;
/** What one throttled answer leaves of the rate. Mild, because the next second may be free again. */
const DECREASE = 0.7;
/** Answers to requests already under way say nothing new: the rate falls at most once in this time. */
const DECREASE_EVERY_MS = 1000;
/** Each success gives back this part of the set rate. */
const INCREASE = 1 / 20;
const SLOWEST_PER_SECOND = 0.5;

interface Waiter {
  readonly start: () => void;
}

/** A {@link Pacer}: first come, first served; at most the set rate of starts in any one second (a fraction rounds up). */
export class AimdPacer implements Pacer {
  readonly #clock: Clock;
  /** The most it may be. */
  #setRate: number;
  readonly #waiters: Waiter[] = [];
  /** The starts of the last second, oldest first. */
  readonly #starts: number[] = [];
  #rate: number;
  /** What throttling left of the set rate when there last was one. */
  #part = 1;
  /** When the next request is due. It keeps to the plan even when the one before started late. */
  #slot = Number.NEGATIVE_INFINITY;
  /** Nothing starts before. */
  #opensAt = Number.NEGATIVE_INFINITY;
  #decreasedAt = Number.NEGATIVE_INFINITY;
  /** Stops the sleep under way; undefined while nobody waits. */
  #pumping: AbortController | undefined;

  constructor(options: { readonly ratePerSecond: number; readonly clock: Clock }) {
    this.#setRate = options.ratePerSecond;
    this.#rate = options.ratePerSecond;
    this.#clock = options.clock;
  }

  get rate(): number {
    return this.#rate;
  }

  take(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(abortReason(signal, 'The wait for a place in the pace was aborted.'));
        return;
      }
      const onAbort = (): void => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        if (this.#waiters.length === 0) this.#pumping?.abort();
        reject(abortReason(signal, 'The wait for a place in the pace was aborted.'));
      };
      const waiter: Waiter = {
        start: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      // Time in which nobody wanted to start is not saved up.
      if (this.#waiters.length === 0) this.#slot = Math.max(this.#slot, this.#clock.now());
      this.#waiters.push(waiter);
      if (this.#pumping === undefined || this.#pumping.signal.aborted) void this.#pump();
    });
  }

  throttled(retryAfterMs = 0): void {
    const now = this.#clock.now();
    if (now - this.#decreasedAt >= DECREASE_EVERY_MS) {
      this.#decreasedAt = now;
      this.#rate = Math.max(Math.min(SLOWEST_PER_SECOND, this.#setRate), this.#rate * DECREASE);
    }
    this.pause(this.#rate > 0 ? Math.max(retryAfterMs, this.#spacing()) : retryAfterMs);
  }

  /** The most starts a second as {@link limit} set them. */
  get limited(): number {
    return this.#setRate;
  }

  /** Changes the most starts a second, from now on; 0: nobody starts. What was slower stays so in proportion. */
  limit(ratePerSecond: number): void {
    if (ratePerSecond === this.#setRate) return;
    if (this.#setRate > 0) this.#part = this.#rate / this.#setRate;
    this.#setRate = ratePerSecond;
    this.#rate = this.#part * ratePerSecond;
    const now = this.#clock.now();
    this.#slot = Math.min(Math.max(this.#slot, now), now + this.#spacing());
    // Whoever sleeps until its turn by the old rate is woken, to find the new one.
    this.#pumping?.abort();
    void this.#pump();
  }

  /** Lets nobody start for `ms` from now on. */
  pause(ms: number): void {
    this.#opensAt = Math.max(this.#opensAt, this.#clock.now() + Math.min(ms, LONGEST_WAIT_MS));
  }

  succeeded(): void {
    this.#rate = Math.min(this.#setRate, this.#rate + this.#setRate * INCREASE);
  }

  /** Lets waiters start, one after the other, until there are none. */
  async #pump(): Promise<void> {
    const pumping = new AbortController();
    this.#pumping = pumping;
    while (this.#waiters.length > 0 && this.#setRate > 0) {
      const now = this.#clock.now();
      // First to the plan: a timer that is always late by the same time then costs nothing but that time once.
      const wait = this.#due() > now ? this.#due() - now : this.#allowed() - now;
      if (wait > 0) {
        await this.#clock.sleep(Math.ceil(wait), pumping.signal).catch(() => undefined);
        // Another pump serves whoever came after everybody had gone.
        if (pumping.signal.aborted) return;
      } else {
        this.#startFirst();
      }
    }
    this.#pumping = undefined;
  }

  #startFirst(): void {
    const now = this.#clock.now();
    // Lateness is made up for, but not more than a second of it.
    const planned = Math.max(this.#due(), now - SECOND_MS);
    this.#slot = planned + this.#spacing();
    this.#starts.push(now);
    while ((this.#starts[0] ?? now) <= now - WINDOW_MS) this.#starts.shift();
    this.#waiters.shift()?.start();
  }

  /** When the next request is to start by the plan and the HSM's wishes. */
  #due(): number {
    return Math.max(this.#slot, this.#opensAt);
  }

  /** When it may start at the earliest after those before it started as late as they did. */
  #allowed(): number {
    const last = this.#starts.at(-1) ?? Number.NEGATIVE_INFINITY;
    const windowOpens = this.#starts.at(-Math.ceil(this.#setRate)) ?? Number.NEGATIVE_INFINITY;
    return Math.max(last + this.#spacing() / 2, windowOpens + WINDOW_MS);
  }

  #spacing(): number {
    return (SECOND_MS / this.#rate) * SPACING_GUARD;
  }
}
