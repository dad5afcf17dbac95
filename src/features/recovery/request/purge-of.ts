/** When the key of a request is purged, by what the watch last saw. */
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { isWardenError } from '../../../core/errors.ts';
import { NameMap } from '../../../core/model/key-name.ts';
import type { Logger } from '../../../core/ports.ts';
import { isSameDeletion } from '../../watch/model/context.ts';
import { readWatchState } from '../../watch/model/watch-state.ts';
import { isClosed, type RecoveryRecord } from '../model/record.ts';

/**
 * Epoch milliseconds; undefined where the key is not known to be soft-deleted, or as another deletion than that of the request.
 * A memory of the watch that cannot be read hides no request: it is logged.
 */
export async function purgeOf(
  { store, logger }: { readonly store: DocumentStore; readonly logger: Logger },
  record: RecoveryRecord,
): Promise<number | undefined> {
  const { hsm, key, deletedAt } = record.operation;
  if (isClosed(record)) return undefined;
  try {
    const { keys } = await readWatchState(store, hsm);
    const known = new NameMap(Object.entries(keys)).get(key);
    if (known?.state !== 'deleted') return undefined;
    const isOther = deletedAt !== undefined && !isSameDeletion(known.deletedAt, deletedAt);
    return isOther ? undefined : known.scheduledPurgeAt;
  } catch (error) {
    if (!isWardenError(error)) throw error;
    logger.warn('the purge of a key is unknown', { recoveryId: record.id, hsm, key, error });
    return undefined;
  }
}
