/** One process's line in the book of the pace on an HSM: renews it, sees which others are dead, and takes it out. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { updateDocument } from '../../core/documents/update-document.ts';
import type { Clock, Logger } from '../../core/ports.ts';
import {
  type Claim,
  claimIn,
  EMPTY_BOOK,
  mayOverlap,
  PACE_BOOK,
  type PaceBook,
  releaseIn,
} from './pace-book.ts';

/** Others believe a silent holder alive for so long. Milliseconds. */
const DEAD_MS = 20_000;
/** A renewal that takes longer is given up, so that the next comes in time. Milliseconds. */
const RENEWAL_LIMIT_MS = 3_000;

/** What a share is made of. */
export interface PaceShareOptions {
  readonly hsm: string;
  readonly store: DocumentStore;
  readonly clock: Clock;
  /** Names this process: no other has it. */
  readonly worker: string;
  readonly logger: Logger;
}

/** What a renewal came to. */
export interface Grant {
  readonly seats: number;
  readonly reserve: boolean;
  /** Whether seats may have been somebody else's within the last second. */
  readonly overlaps: boolean;
  readonly slow: PaceBook['slow'];
}

/** The line of one process. */
export class PaceShare {
  readonly #options: PaceShareOptions;
  /** When a renewal of each other process was first seen, by our clock. */
  readonly #seen = new Map<string, { readonly beat: number; readonly at: number }>();

  constructor(options: PaceShareOptions) {
    this.#options = options;
  }

  /**
   * Renews the line. `giveUp` hears what it will say before it is written, so that what is given up is not used any more when
   * others can read that. Undefined when it could not be renewed in time; whether it was is then unknown.
   */
  async renew(
    ask: Omit<Claim, 'worker' | 'now' | 'dead'>,
    giveUp: (grant: Pick<Grant, 'seats' | 'reserve'>) => void,
  ): Promise<Grant | undefined> {
    const { worker, clock } = this.#options;
    const now = clock.now();
    let overlaps = false;
    const book = await this.#update((known) => {
      const claimed = claimIn(known, { ...ask, worker, now, dead: this.#deadIn(known, now) });
      overlaps = mayOverlap(known, worker, now);
      const mine = claimed.workers[worker];
      if (mine !== undefined) giveUp(mine);
      return claimed;
    });
    const mine = book?.workers[worker];
    if (book === undefined || mine === undefined) return undefined;
    return { seats: mine.seats, reserve: mine.reserve, overlaps, slow: book.slow };
  }

  /** Takes the line out. It does not fail: one that stays lapses. */
  async release(): Promise<void> {
    const { worker, clock } = this.#options;
    await this.#update((book) => releaseIn(book, worker, clock.now()));
  }

  #deadIn(book: PaceBook, now: number): ReadonlySet<string> {
    for (const [name, { beat }] of Object.entries(book.workers)) {
      if (this.#seen.get(name)?.beat !== beat) this.#seen.set(name, { beat, at: now });
    }
    for (const name of this.#seen.keys()) if (book.workers[name] === undefined) this.#seen.delete(name);
    return new Set([...this.#seen].filter(([, { at }]) => now - at >= DEAD_MS).map(([name]) => name));
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
      const changed = (book: PaceBook | undefined) => change(book ?? EMPTY_BOOK);
      return (await updateDocument(store, PACE_BOOK, address, changed, limit.signal)).after.value;
    } catch (error) {
      logger.warn('the pace could not be shared, trying again', { hsm, error });
      return undefined;
    } finally {
      over.abort();
    }
  }
}
