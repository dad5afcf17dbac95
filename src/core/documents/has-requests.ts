/** Whether there is any recovery request, of which the audit log must know. */
import type { DocumentStore } from './document-store.ts';

/** Whether any request is stored. May fail with the storage codes. */
export async function hasRequests(store: DocumentStore): Promise<boolean> {
  let next: string | undefined;
  do {
    const page = await store.list('recovery', next);
    if (page.items.length > 0) return true;
    next = page.next;
  } while (next !== undefined);
  return false;
}
