/** Goes through stored requests, some concurrently. */
import type { DocumentStore, ListedRecovery } from '../../../core/documents/document-store.ts';
import { eachPage } from '../../../core/each-page.ts';
import { isWardenError } from '../../../core/errors.ts';
import type { Logger } from '../../../core/ports.ts';
import type { HeldRecord } from '../model/ports.ts';
import { isOpenIn, type RecoveryEvidence } from './evidence.ts';
import { readRecovery } from './recovery-log.ts';

/** Documents read concurrently. */
const CONCURRENCY = 16;

/** What reading works with. */
export interface ReadDeps {
  readonly store: DocumentStore;
  readonly logger: Logger;
}

/** Does `work` for every stored request, some concurrently. Fails with storage codes and what `work` throws. */
export async function forEachListed(
  store: DocumentStore,
  work: (listed: ListedRecovery) => Promise<void>,
): Promise<void> {
  const list = { code: 'storage-unavailable', what: 'the stored requests' } as const;
  for await (const page of eachPage(list, (next) => store.list('recovery', next)))
    await someAtOnce(page.items, work);
}

/**
 * Does `work` for every request that is stored. One that cannot be read is logged and left out: it must not hide the others.
 * Fails with storage codes.
 */
export function forEachRecord(deps: ReadDeps, work: (held: HeldRecord) => void): Promise<void> {
  return forEachListed(deps.store, async ({ id }) => {
    const held = await readOrLog(deps, id);
    if (held !== undefined) work(held);
  });
}

/** The requests of `ids` in their order; those that are not stored, or cannot be read, are left out as by {@link forEachRecord}. */
export async function readEach(deps: ReadDeps, ids: readonly string[]): Promise<HeldRecord[]> {
  const found = new Map<string, HeldRecord>();
  await someAtOnce(ids, async (id) => {
    const held = await readOrLog(deps, id);
    if (held !== undefined) found.set(id, held);
  });
  return ids.map((id) => found.get(id)).filter((held) => held !== undefined);
}

/** Every request that the audit log holds open. Fails with `audit-corrupt` or storage codes. */
export async function openRecoveries(deps: ReadDeps, evidence: RecoveryEvidence): Promise<HeldRecord[]> {
  const logged = await evidence.all();
  return readEach(
    deps,
    [...logged].flatMap(([id, one]) => (isOpenIn(one) ? [id] : [])),
  );
}

/** Every stored request, each of them read. Fails with storage codes. */
export async function storedRecoveries(deps: ReadDeps): Promise<HeldRecord[]> {
  const found: HeldRecord[] = [];
  await forEachRecord(deps, (held) => {
    found.push(held);
  });
  return found;
}

async function readOrLog({ store, logger }: ReadDeps, id: string): Promise<HeldRecord | undefined> {
  try {
    return await readRecovery(store, id);
  } catch (error) {
    if (isWardenError(error, 'recovery-unknown')) return undefined;
    if (!isWardenError(error, 'state-corrupt')) throw error;
    logger.error('a recovery cannot be read', { recoveryId: id, error });
    return undefined;
  }
}

async function someAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += CONCURRENCY) {
    await Promise.all(items.slice(start, start + CONCURRENCY).map(work));
  }
}
