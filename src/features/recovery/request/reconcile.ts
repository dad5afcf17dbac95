/** Brings up to date whatever a crash, or somebody who writes the store, left behind, and keeps the index of what has ended. */
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { isWardenError } from '../../../core/errors.ts';
import type { Logger } from '../../../core/ports.ts';
import { forEachListed } from './each-recovery.ts';
import { isOpenIn, type Logged, type RecoveryEvidence } from './evidence.ts';
import type { Recoveries } from './recoveries.ts';
import { type IndexEntry, indexEntry, type RecoveryIndex } from './recovery-index.ts';

/** What reconciling needs. */
export interface ReconcileDeps {
  readonly store: DocumentStore;
  readonly evidence: RecoveryEvidence;
  readonly index: RecoveryIndex;
  readonly recoveries: Recoveries;
  readonly logger: Logger;
}

/**
 * Lets due requests expire, tells what is untold, and sends again what no worker is at. A request that the index knows to have
 * ended is not read unless it was written since, or the audit log says that it is open. A request that fails does not stop the
 * others. Returns how many were visited. Fails with storage codes.
 */
export async function reconcile(deps: ReconcileDeps): Promise<number> {
  const { store, index, recoveries, logger } = deps;
  const logged = await loggedOrNone(deps);
  const ended = (await index.stored()) ?? new Map<string, IndexEntry>();
  const gone = new Set(ended.keys());
  const added = new Map<string, IndexEntry>();
  let visited = 0;
  await forEachListed(store, async ({ id, etag }) => {
    gone.delete(id);
    if (ended.get(id)?.etag === etag && !isOpenIn(logged.get(id))) return;
    visited += 1;
    try {
      const held = await recoveries.refresh(id);
      const entry = indexEntry(held, logged.get(id)?.about?.at);
      if (entry === undefined) await recoveries.nudge(held);
      else added.set(id, entry);
    } catch (error) {
      logger.error('a recovery could not be reconciled', { recoveryId: id, error });
    }
  });
  await index.update(added, [...gone]);
  return visited;
}

/** With a log that is not whole, or cannot be judged, nothing is executed; time runs out all the same. */
async function loggedOrNone({ evidence, logger }: ReconcileDeps): Promise<ReadonlyMap<string, Logged>> {
  try {
    return await evidence.all();
  } catch (error) {
    if (!isWardenError(error, 'audit-corrupt', 'seal-unavailable')) throw error;
    logger.error('recoveries are reconciled without the audit log', { error });
    return new Map();
  }
}
