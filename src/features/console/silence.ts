/** HSMs that scans do not see just now: what the last good scan said of them may not hold any more. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { readWatchState } from '../watch/model/watch-state.ts';

/** One per process: the memory of a watch, which is large, is read again only when it has changed. */
export class Silence {
  readonly #store: DocumentStore;
  readonly #known = new Map<string, { readonly etag: string; readonly since: number | undefined }>();

  constructor(store: DocumentStore) {
    this.#store = store;
  }

  /**
   * Since when scans have not seen an HSM, epoch milliseconds; undefined where the last one did, and where there was none. Fails
   * with `state-corrupt` or a storage code.
   */
  async since(hsm: string): Promise<number | undefined> {
    const document = await this.#store.open({ kind: 'watch', hsm });
    // Its tag is all that is wanted.
    await document?.text[Symbol.asyncIterator]().return?.();
    if (document === undefined) return undefined;
    const { etag } = document;
    const before = this.#known.get(hsm);
    if (before?.etag === etag) return before.since;
    const { conditions } = await readWatchState(this.#store, hsm);
    const since = conditions['hsm-unreachable']?.since;
    // Another state may have been written between the two reads: its tag is another, and it is read the next time.
    this.#known.set(hsm, { etag, since });
    return since;
  }
}
