/** Ended requests as they were read: they do not change any more, and whoever looks at a list again does not wait for them again. */
import type { HeldRecord } from '../model/ports.ts';
import { isClosed } from '../model/record.ts';
import { type ReadDeps, readEach } from './each-recovery.ts';

/** Requests that are kept: what people look at is the newest pages. */
const MOST_KEPT = 1_000;

/** One per process. For lists alone: whatever is decided or executed is read from the store. */
export class KeptRecords {
  readonly #kept = new Map<string, HeldRecord>();

  /**
   * The requests of `ids` in their order, as by {@link readEach}; of `ended`, the entries of the index, those are not read again that
   * are kept as the index knows them. Fails with storage codes.
   */
  async read(
    deps: ReadDeps,
    ids: readonly string[],
    ended: ReadonlyMap<string, { readonly etag: string }>,
  ): Promise<HeldRecord[]> {
    const isKnown = (id: string, held: HeldRecord) => ended.get(id)?.etag === held.etag;
    const known = new Map(
      ids.flatMap((id) => {
        const held = this.#kept.get(id);
        return held !== undefined && isKnown(id, held) ? [[id, held] as const] : [];
      }),
    );
    const unread = ids.filter((id) => !known.has(id));
    for (const held of await readEach(deps, unread)) known.set(held.record.id, held);
    const found = ids.flatMap((id) => known.get(id) ?? []);
    for (const held of found) {
      const { id } = held.record;
      this.#kept.delete(id);
      if (isClosed(held.record) && isKnown(id, held)) this.#kept.set(id, held);
    }
    for (const id of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(id);
    }
    return found;
  }
}
