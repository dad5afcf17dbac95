/** Goes through all requests of the store. */
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { isWardenError } from '../../../core/errors.ts';
import type { Logger } from '../../../core/ports.ts';

import type { RecoveryRecord } from '../model/record.ts';
import { readRecovery } from './recovery-log.ts';

/** Documents read at once. */
const CONCURRENCY = 16;

/** Does `work` for the id of every request, some at once. Fails with storage codes and what `work` throws. */
export async function forEachId(store: DocumentStore, work: (id: string) => Promise<void>): Promise<void> {
  let next: string | undefined;
  do {
    const page = await store.list('recovery', next);
    for (let start = 0; start < page.items.length; start += CONCURRENCY) {
      await Promise.all(page.items.slice(start, start + CONCURRENCY).map(work));
    }
    next = page.next;
  } while (next !== undefined);
}

/**
 * Does `work` for every request but those of the ids in `except`. One that cannot be read is logged and left out: it must
 * not hide the others. Fails with storage codes.
 */
export function forEachRecord(
  { store, logger }: { readonly store: DocumentStore; readonly logger: Logger },
  work: (record: RecoveryRecord) => void,
  except?: ReadonlySet<string>,
): Promise<void> {
  return forEachId(store, async (id) => {
    if (except?.has(id)) return;
    try {
      work((await readRecovery(store, id)).record);
    } catch (error) {
      if (!isWardenError(error, 'state-corrupt')) throw error;
      logger.error('a recovery cannot be read', { recoveryId: id, error });
    }
  });
}
