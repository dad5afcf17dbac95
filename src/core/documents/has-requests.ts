/** Whether there is any recovery request, of which the audit log must know. */
import { eachPage } from '../each-page.ts';
import type { DocumentStore } from './document-store.ts';

/** Whether any request is stored. May fail with the storage codes. */
export async function hasRequests(store: DocumentStore): Promise<boolean> {
  const list = { code: 'storage-unavailable', what: 'the stored requests' } as const;
  for await (const page of eachPage(list, (next) => store.list('recovery', next)))
    if (page.items.length > 0) return true;
  return false;
}
