/** Lists requests, newest first, and keeps those that nobody asks about up to the time. */
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { isSameName } from '../../../core/model/key-name.ts';
import type { Logger } from '../../../core/ports.ts';
import type { RecoveryQuery } from '../model/asking.ts';

import { isClosed, type RecoveryRecord } from '../model/record.ts';
import { forEachId, forEachRecord } from './each-recovery.ts';
import type { Recoveries } from './recoveries.ts';

/** All requests that a page may hold. */
export const EVERY_STATE: RecoveryQuery = { limit: Number.MAX_SAFE_INTEGER };

/** A page of requests; `next` continues behind it. */
export interface RecordPage {
  readonly items: readonly RecoveryRecord[];
  readonly next?: string;
}

/**
 * One page of the requests that match, newest first. One that cannot be read is logged and left out: it must not hide
 * the others. Fails with storage codes.
 */
export async function listRecoveries(
  store: DocumentStore,
  query: RecoveryQuery,
  logger: Logger,
): Promise<RecordPage> {
  const found: RecoveryRecord[] = [];
  await forEachRecord({ store, logger }, (record) => {
    if (isWanted(record, query)) found.push(record);
  });
  found.sort((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1));
  const { next: after, limit } = query;
  const rest = after === undefined ? found : found.filter((record) => placeOf(record) < padded(after));
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return rest.length > limit && last !== undefined
    ? { items, next: `${last.createdAt}-${last.id}` }
    : { items };
}

/**
 * Lets due requests expire, tells what is untold, and sends again what no worker is at: whatever a crash left behind.
 * A request that fails does not stop the others. Returns how many were looked at.
 */
export async function reconcile(
  store: DocumentStore,
  recoveries: Recoveries,
  logger: Logger,
  settled: Set<string>,
): Promise<number> {
  let looked = 0;
  await forEachId(store, async (id) => {
    if (settled.has(id)) return;
    looked += 1;
    try {
      const held = await recoveries.settle(id);
      if (isClosed(held.record) && held.record.untold.length === 0) settled.add(id);
      else await recoveries.nudge(held);
    } catch (error) {
      logger.error('a recovery could not be reconciled', { recoveryId: id, error });
    }
  });
  return looked;
}

function isWanted({ state, operation }: RecoveryRecord, query: RecoveryQuery): boolean {
  if (query.state !== undefined && state !== query.state) return false;
  if (query.hsm !== undefined && ![operation.hsm, operation.target].includes(query.hsm)) return false;
  return query.key === undefined || isSameName(operation.key, query.key);
}

function placeOf({ createdAt, id }: RecoveryRecord): string {
  return padded(`${createdAt}-${id}`);
}

/** Sorts by time as text. */
function padded(place: string): string {
  const [time = '', id = ''] = place.split('-');
  return `${time.padStart(16, '0')}-${id}`;
}
