/**
 * The pace on one HSM, shared by all processes that back up its keys. Each holds seats for {@link SHARE_MS} and renews them;
 * one that cannot renew stops before others may take its seats.
 */
import type { Pacer } from '../../core/ports.ts';
import { LONGEST_WAIT_MS } from '../../core/retry.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { AimdPacer, WINDOW_MS } from './aimd-pacer.ts';
import type { PaceBook } from './pace-book.ts';
import { PaceShare, type PaceShareOptions } from './pace-share.ts';

/** Seats count for so long after the last renewal: less than others believe a silent holder alive. Milliseconds. */
const SHARE_MS = 15_000;
/** One renewal in this time, and one when the HSM asks for less. Milliseconds. */
const RENEW_MS = 10_000;
/** Each process takes up to so much longer, or those that began together would meet over the book each time. Milliseconds. */
const SPREAD_MS = 1_500;
/** After a renewal that failed. Milliseconds. */
const RETRY_MS = 1_000;
/** The others are asked to slow down at most once in this time. Milliseconds. */
const SLOW_EVERY_MS = 5_000;
/** Without work for so long the seats go back. Milliseconds. */
const IDLE_MS = 5_000;
/** Above this an HSM refuses: the service's 10 a second, for everybody, and one that others may use. */
const MOST_SEATS = 9;

/** What a shared pace is made of. */
export interface SharedPacerOptions extends PaceShareOptions {
  /** Backups a second on this HSM, for all processes together. */
  readonly ratePerSecond: number;
  /** Makes the identifier of an event. */
  readonly nextId: () => string;
}

/** A {@link Pacer} of the HSM as a whole. */
export class SharedPacer implements Pacer {
  /** The same pace for work that must not wait behind a run: it may have the reserve. */
  readonly urgent: Pacer;
  readonly #options: SharedPacerOptions;
  readonly #seats: number;
  readonly #hasReserve: boolean;
  readonly #renewMs: number;
  readonly #inner: AimdPacer;
  readonly #share: PaceShare;
  #waiting = 0;
  #urgentWaiting = 0;
  #usedAt = Number.NEGATIVE_INFINITY;
  /** Ends the wait for the end of the share. */
  #renewed: AbortController | undefined;
  #heeded: string | undefined;
  #slowed: { id: string; pauseMs: number } | undefined;
  #slowedAt = Number.NEGATIVE_INFINITY;
  #wake: AbortController | undefined;
  #keeping: Promise<void> | undefined;

  constructor(options: SharedPacerOptions) {
    const { ratePerSecond: pace, clock } = options;
    this.#options = options;
    this.#seats = Math.max(1, Math.min(MOST_SEATS, Math.floor(pace)));
    this.#hasReserve = pace >= 2 && this.#seats < MOST_SEATS;
    this.#renewMs = RENEW_MS + (Number.parseInt(sha256Hex(options.worker).slice(0, 8), 16) % SPREAD_MS);
    this.#share = new PaceShare(options);
    this.#inner = new AimdPacer({ ratePerSecond: pace, clock });
    this.#inner.limit(0);
    const inner = this.#inner;
    this.urgent = {
      take: (signal) => this.#take(signal, true),
      throttled: (ms) => this.throttled(ms),
      succeeded: () => this.succeeded(),
      get rate() {
        return inner.rate;
      },
    };
  }

  get rate(): number {
    return this.#inner.rate;
  }

  take(signal?: AbortSignal): Promise<void> {
    return this.#take(signal, false);
  }

  throttled(retryAfterMs = 0): void {
    this.#inner.throttled(retryAfterMs);
    const pauseMs = Math.min(retryAfterMs, LONGEST_WAIT_MS);
    // The other processes need not find out themselves. Answers to requests under way say nothing new.
    const now = this.#options.clock.now();
    if (now - this.#slowedAt < SLOW_EVERY_MS) return;
    this.#slowedAt = now;
    this.#slowed = { id: this.#options.nextId(), pauseMs };
    this.#wake?.abort();
  }

  succeeded(): void {
    this.#inner.succeeded();
  }

  /** Gives the seats back now, as far as nobody waits for one. It does not fail: what is not given back lapses. */
  async release(): Promise<void> {
    this.#usedAt = Number.NEGATIVE_INFINITY;
    this.#wake?.abort();
    if (this.#waiting === 0) await this.#keeping;
  }

  async #take(signal: AbortSignal | undefined, urgent: boolean): Promise<void> {
    this.#waiting += 1;
    if (urgent) this.#urgentWaiting += 1;
    this.#begin();
    try {
      await this.#inner.take(signal);
    } finally {
      this.#waiting -= 1;
      if (urgent) this.#urgentWaiting -= 1;
      this.#usedAt = this.#options.clock.now();
    }
  }

  #begin(): void {
    this.#keeping ??= this.#keep().finally(() => {
      this.#keeping = undefined;
      // Somebody came while the seats were given back.
      if (this.#waiting > 0) this.#begin();
    });
  }

  /** Holds seats as long as there is work, and gives them back afterwards. */
  async #keep(): Promise<void> {
    const { clock } = this.#options;
    while (this.#waiting > 0 || clock.now() - this.#usedAt < IDLE_MS) {
      // Made before the renewal: whoever wakes it meanwhile comes too late for this one, and needs the next at once.
      const wake = new AbortController();
      this.#wake = wake;
      const next = await this.#renew();
      await clock.sleep(Math.max(1, next - clock.now()), wake.signal).catch(() => undefined);
      this.#wake = undefined;
    }
    this.#inner.limit(0);
    this.#renewed?.abort();
    await this.#share.release();
  }

  /** Renews once; returns when to do so again, epoch milliseconds. */
  async #renew(): Promise<number> {
    const { clock } = this.#options;
    const startedAt = clock.now();
    const held = this.#inner.limited;
    const wants = Math.min(this.#seats, Math.max(1, this.#waiting));
    const urgent = this.#urgentWaiting > 0;
    const ask = { wants, urgent, seats: this.#seats, reserve: this.#hasReserve, slowed: this.#slowed };
    const grant = await this.#share.renew(ask, ({ seats, reserve }) => {
      this.#inner.limit(Math.min(this.#inner.limited, this.#rateOf(seats, reserve)));
    });
    if (grant === undefined) return clock.now() + RETRY_MS;
    this.#heed(grant.slow);
    const rate = this.#rateOf(grant.seats, grant.reserve);
    // Whoever had these seats until now may have used them within this very second.
    if (rate > held && grant.overlaps) await clock.sleep(WINDOW_MS).catch(() => undefined);
    this.#hold(startedAt + SHARE_MS);
    this.#inner.limit(rate);
    return startedAt + this.#renewMs;
  }

  /** Ends the share at `until`, unless it is renewed before. */
  #hold(until: number): void {
    const { clock } = this.#options;
    this.#renewed?.abort();
    const renewed = new AbortController();
    this.#renewed = renewed;
    clock.sleep(until - clock.now(), renewed.signal).then(
      () => this.#inner.limit(0),
      () => undefined,
    );
  }

  /** Stops here, too, when the HSM asked another process to wait. */
  #heed(slow: PaceBook['slow']): void {
    if (this.#slowed?.id === slow?.id) this.#slowed = undefined;
    else if (slow !== undefined && slow.id !== this.#heeded) this.#inner.pause(slow.pauseMs);
    this.#heeded = slow?.id;
  }

  /** Starts a second: all seats are the whole pace, also the part of it that makes no seat. */
  #rateOf(seats: number, reserve: boolean): number {
    const { ratePerSecond } = this.#options;
    return seats === this.#seats ? ratePerSecond : Math.min(ratePerSecond, seats + (reserve ? 1 : 0));
  }
}
