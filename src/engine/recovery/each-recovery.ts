/** Goes through all requests of the store. */
import type { RecoveryStore } from './ports.ts';

/** Documents read at once. */
const CONCURRENCY = 16;

/** Does `work` for the id of every request, some at once. Fails with storage codes and what `work` throws. */
export async function forEachId(store: RecoveryStore, work: (id: string) => Promise<void>): Promise<void> {
  let next: string | undefined;
  do {
    const page = await store.list(next);
    for (let start = 0; start < page.items.length; start += CONCURRENCY) {
      await Promise.all(page.items.slice(start, start + CONCURRENCY).map(work));
    }
    next = page.next;
  } while (next !== undefined);
}
