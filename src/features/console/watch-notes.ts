/** What the memory of each watch says just now: since when scans do not see the HSM, and the events that nobody took yet. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { eventWarnings, type OpenEvents, openEvents } from '../status/warnings.ts';
import { readWatchState } from '../watch/model/watch-state.ts';

/** What is kept of a watch's memory. */
interface Notes {
  /** Since when scans have not seen the HSM, epoch milliseconds; undefined where the last one did, and where there was none. */
  readonly silentSince: number | undefined;
  /** Of its events, in sentences. */
  readonly warnings: readonly string[];
}

/** What the summary of the fleet says of the events of an HSM that answers; undefined where it says nothing. */
export type HeldOf = (hsm: string) => OpenEvents | undefined;

const NONE: Notes = { silentSince: undefined, warnings: [] };

/** One per process: the memory of a watch, which is large, is read again only when it has changed. */
export class WatchNotes {
  readonly #store: DocumentStore;
  readonly #known = new Map<string, { readonly etag: string; readonly notes: Notes }>();
  readonly #heldOf: HeldOf;

  constructor(store: DocumentStore, heldOf: HeldOf = () => undefined) {
    this.#store = store;
    this.#heldOf = heldOf;
  }

  /** The notes of an HSM. Fails with `state-corrupt` or a storage code. */
  async of(hsm: string): Promise<Notes> {
    const held = this.#heldOf(hsm);
    if (held !== undefined) return { silentSince: undefined, warnings: eventWarnings(held) };
    const document = await this.#store.open({ kind: 'watch', hsm });
    // Its tag is all that is wanted.
    await document?.text[Symbol.asyncIterator]().return?.();
    if (document === undefined) return NONE;
    const { etag } = document;
    const before = this.#known.get(hsm);
    if (before?.etag === etag) return before.notes;
    const state = await readWatchState(this.#store, hsm);
    const silentSince = state.conditions['hsm-unreachable']?.since;
    const notes = { silentSince, warnings: eventWarnings(openEvents(state)) };
    // Another state may have been written between the two reads: its tag is another, and it is read the next time.
    this.#known.set(hsm, { etag, notes });
    return notes;
  }
}
