/**
 * The pace on one HSM, shared by all processes that back up its keys. Each holds seats for {@link SHARE_MS} and renews them;
 * one that cannot renew stops before others may take its seats.
 */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { updateDocument } from '../../core/documents/update-document.ts';
import type { Clock, Logger, Pacer } from '../../core/ports.ts';
import { LONGEST_WAIT_MS } from '../../core/retry.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { AimdPacer, WINDOW_MS } from './aimd-pacer.ts';
import { claimIn, EMPTY_BOOK, mayOverlap, PACE_BOOK, type PaceBook, releaseIn } from './pace-book.ts';

/** Seats count for so long after the last renewal; others believe a silent holder alive for {@link DEAD_MS}. Milliseconds. */
const SHARE_MS = 15_000;
const DEAD_MS = 20_000;
/** One renewal in this time, and one when the HSM asks for less. Milliseconds. */
const RENEW_MS = 10_000;
/** Each process takes up to so much longer, or those that began together would meet over the book each time. Milliseconds. */
const SPREAD_MS = 1_500;
/** A renewal that takes longer is given up, so that the next comes in time. Milliseconds. */
const RENEWAL_LIMIT_MS = 3_000;
/** After a renewal that failed. Milliseconds. */
const RETRY_MS = 1_000;
/** Without work for so long the seats go back. Milliseconds. */
const IDLE_MS = 5_000;
/** Above this an HSM refuses: the service's 10 a second, for everybody, and one that others may use. */
const MOST_SEATS = 9;

/** What a shared pace is made of. */
export interface SharedPacerOptions {
  readonly hsm: string;
  /** Backups a second on this HSM, for all processes together. */
  readonly ratePerSecond: number;
  readonly store: DocumentStore;
  readonly clock: Clock;
  /** Names this process: no other has it. */
  readonly worker: string;
  /** Makes the identifier of an event. */
  readonly nextId: () => string;
  readonly logger: Logger;
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
  /** When a renewal of each other process was first seen, by our clock. */
  readonly #seen = new Map<string, { readonly beat: number; readonly at: number }>();
  #waiting = 0;
  #urgentWaiting = 0;
  #usedAt = Number.NEGATIVE_INFINITY;
  /** Ends the wait for the end of the share. */
  #renewed: AbortController | undefined;
  #heeded: string | undefined;
  #slowed: { id: string; pauseMs: number } | undefined;
  #wake: AbortController | undefined;
  #keeping: Promise<void> | undefined;

  constructor(options: SharedPacerOptions) {
    const { ratePerSecond: pace, clock } = options;
    this.#options = options;
    this.#seats = Math.max(1, Math.min(MOST_SEATS, Math.floor(pace)));
    this.#hasReserve = pace >= 2 && this.#seats < MOST_SEATS;
    this.#renewMs = RENEW_MS + (Number.parseInt(sha256Hex(options.worker).slice(0, 8), 16) % SPREAD_MS);
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
    // What the other processes need not find out themselves, once for each time.
    if (this.#slowed === undefined) this.#slowed = { id: this.#options.nextId(), pauseMs };
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
    this.#keeping ??= this.#keep().finally(() => {
      this.#keeping = undefined;
    });
    try {
      await this.#inner.take(signal);
    } finally {
      this.#waiting -= 1;
      if (urgent) this.#urgentWaiting -= 1;
      this.#usedAt = this.#options.clock.now();
    }
  }

  /** Holds seats as long as there is work, and gives them back afterwards. */
  async #keep(): Promise<void> {
    const { clock } = this.#options;
    while (this.#waiting > 0 || clock.now() - this.#usedAt < IDLE_MS) {
      const next = await this.#renew();
      this.#wake = new AbortController();
      await clock.sleep(Math.max(1, next - clock.now()), this.#wake.signal).catch(() => undefined);
      this.#wake = undefined;
    }
    this.#inner.limit(0);
    this.#renewed?.abort();
    await this.#update((book) => releaseIn(book, this.#options.worker, clock.now()));
  }

  /** Renews once; returns when to do so again, epoch milliseconds. */
  async #renew(): Promise<number> {
    const { clock, worker } = this.#options;
    const startedAt = clock.now();
    const held = this.#inner.limited;
    let overlaps = false;
    const book = await this.#update((known) => {
      const claimed = this.#claim(known, startedAt);
      overlaps = mayOverlap(known, worker, startedAt);
      // What is given up is given up before others can read that it is.
      const { seats = 0, reserve = false } = claimed.workers[worker] ?? {};
      this.#inner.limit(Math.min(this.#inner.limited, this.#rateOf(seats, reserve)));
      return claimed;
    });
    const mine = book?.workers[worker];
    if (book === undefined || mine === undefined) return clock.now() + RETRY_MS;
    this.#heed(book.slow);
    const rate = this.#rateOf(mine.seats, mine.reserve);
    // Whoever had these seats until now may have used them within this very second.
    if (rate > held && overlaps) await clock.sleep(WINDOW_MS).catch(() => undefined);
    this.#hold(startedAt + SHARE_MS);
    this.#inner.limit(rate);
    return startedAt + this.#renewMs;
  }

  /** Ends the share by itself at `until`, unless it is renewed before. */
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

  #claim(book: PaceBook, now: number): PaceBook {
    const { worker } = this.#options;
    for (const [name, { beat }] of Object.entries(book.workers)) {
      if (this.#seen.get(name)?.beat !== beat) this.#seen.set(name, { beat, at: now });
    }
    for (const name of this.#seen.keys()) if (book.workers[name] === undefined) this.#seen.delete(name);
    const dead = [...this.#seen].filter(([, { at }]) => now - at >= DEAD_MS).map(([name]) => name);
    return claimIn(book, {
      worker,
      wants: Math.min(this.#seats, Math.max(1, this.#waiting)),
      urgent: this.#urgentWaiting > 0,
      now,
      dead: new Set(dead),
      seats: this.#seats,
      reserve: this.#hasReserve,
      slowed: this.#slowed,
    });
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

  async #update(change: (book: PaceBook) => PaceBook): Promise<PaceBook | undefined> {
    const { store, hsm, clock, logger } = this.#options;
    const limit = new AbortController();
    const over = new AbortController();
    clock.sleep(RENEWAL_LIMIT_MS, over.signal).then(
      () => limit.abort(),
      () => undefined,
    );
    try {
      const address = { kind: 'pace', hsm } as const;
      const { after } = await updateDocument(
        store,
        PACE_BOOK,
        address,
        (book) => change(book ?? EMPTY_BOOK),
        limit.signal,
      );
      return after.value;
    } catch (error) {
      logger.warn('the pace could not be shared, trying again', { hsm, error });
      return undefined;
    } finally {
      over.abort();
    }
  }
}
