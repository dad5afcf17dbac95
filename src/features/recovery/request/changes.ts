/** Waits for a stored request to change: a page that shows one live asks again only when there is something new. */
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { isWardenError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports.ts';

/** How often the store is asked. */
const INTERVAL_MS = 1_000;
/** Who comes beyond these is answered at once, and asks again automatically. */
const MOST_WAITING = 100;

/** What waiting needs. */
export interface ChangesDeps {
  readonly store: DocumentStore;
  readonly clock: Clock;
  /** Fires when the app stops: then nobody waits. */
  readonly stopping: AbortSignal;
}

/** One per process. */
export class Changes {
  readonly #deps: ChangesDeps;
  #waiting = 0;

  constructor(deps: ChangesDeps) {
    this.#deps = deps;
  }

  /** Resolves when the request has another tag than `etag`, after `seconds`, or when the app stops. Fails with the storage codes. */
  async await(id: string, etag: string, seconds: number): Promise<void> {
    if (this.#waiting >= MOST_WAITING) return;
    const { store, clock, stopping } = this.#deps;
    const until = clock.now() + seconds * 1000;
    this.#waiting += 1;
    try {
      while (clock.now() < until) {
        await clock.sleep(Math.min(INTERVAL_MS, until - clock.now()), stopping);
        if ((await store.read({ kind: 'recovery', id }))?.etag !== etag) return;
      }
    } catch (error) {
      if (!stopping.aborted || !isWardenError(error)) throw error;
    } finally {
      this.#waiting -= 1;
    }
  }
}
