/** Lists requests, newest first. What waits is known from the audit log; of what has ended no more is read than a page shows. */
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { isSameName } from '../../../core/model/key-name.ts';
import type { Clock, Logger } from '../../../core/ports.ts';
import type { RecoveryQuery } from '../model/asking.ts';
import { ATTENTION_MS, needsAttention } from '../model/ending.ts';
import { isClosed, type RecoveryRecord } from '../model/record.ts';
import { isOpenIn, type Logged, type RecoveryEvidence } from './evidence.ts';
import type { IndexEntry, RecoveryIndex } from './recovery-index.ts';

/** What a list is made from. */
export interface ListDeps {
  readonly store: DocumentStore;
  readonly evidence: RecoveryEvidence;
  readonly index: RecoveryIndex;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  /** Ended requests leave the list after so many milliseconds. */
  readonly listMs: number;
}

/** A page of requests; `next` continues behind it. */
export interface RecordPage {
  readonly items: readonly RecoveryRecord[];
  readonly next?: string;
}

/** A request that may belong on the page: where it stands in the list. */
interface Place {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly asked: number;
}

const MAY_NEED_ATTENTION: ReadonlySet<string> = new Set(['failed', 'restored-other-key', 'succeeded']);

/** Requests read for one page at most: a page may hold fewer than were wanted, and `next` goes on. */
const MOST_READ = 500;

/**
 * One page of the requests that match, newest first; of those that ended, the ones of the last `listMs`. One that cannot be
 * read is logged and left out: it must not hide the others. Fails with `audit-corrupt` or storage codes.
 */
export async function listRecoveries(deps: ListDeps, query: RecoveryQuery): Promise<RecordPage> {
  const { places, ended } = await placesOf(deps, query);
  const items: RecoveryRecord[] = [];
  let read = 0;
  while (read < places.length && items.length < query.limit && read < MOST_READ) {
    const some = places.slice(read, read + query.limit - items.length);
    const found = await deps.index.kept.read(
      deps,
      some.map(({ id }) => id),
      ended,
    );
    items.push(...found.map(({ record }) => record).filter((record) => isWanted(deps, record, query)));
    read += some.length;
  }
  const last = places[read - 1];
  return read < places.length && last !== undefined ? { items, next: `${last.asked}-${last.id}` } : { items };
}

/** Where requests stand, and what the index knows of those that have ended. */
interface Places {
  readonly places: readonly Place[];
  readonly ended: ReadonlyMap<string, IndexEntry>;
}

/** The places of all requests that may match, newest first, behind `query.next`. */
async function placesOf(deps: ListDeps, query: RecoveryQuery): Promise<Places> {
  const [logged, ended] = await Promise.all([deps.evidence.all(), deps.index.entries(deps.logger)]);
  const oldest = oldestIn(deps, query);
  const places: Place[] = [];
  for (const [id, entry] of ended) {
    if (query.open === true || isOpenIn(logged.get(id)) || entry.endedAt < oldest) continue;
    if (isWantedEntry(entry, query)) places.push({ id, asked: entry.asked });
  }
  for (const [id, one] of logged) {
    // The index may know it by now; what the log holds open is read, whatever the index says.
    if (one.about === undefined || ((ended.has(id) || query.open === true) && !isOpenIn(one))) continue;
    if (query.attention === true && isOpenIn(one)) continue;
    if (isPossible(one, query)) places.push({ id, asked: one.about.at });
  }
  const { next } = query;
  const rest = next === undefined ? places : places.filter((place) => compare(place, placeOf(next)) > 0);
  return { places: rest.sort(compare), ended };
}

/** Requests that ended before are not listed, epoch milliseconds. */
function oldestIn({ clock, listMs }: ListDeps, { attention }: RecoveryQuery): number {
  return clock.now() - (attention === true ? Math.min(listMs, ATTENTION_MS) : listMs);
}

function isWantedEntry({ state, hsm, target, key, proven }: IndexEntry, query: RecoveryQuery): boolean {
  if (query.attention === true && (proven === true || !MAY_NEED_ATTENTION.has(state))) return false;
  if (query.state !== undefined && state !== query.state) return false;
  if (query.hsm !== undefined && hsm !== query.hsm && target !== query.hsm) return false;
  return query.key === undefined || isSameName(key, query.key);
}

/** The log does not say which HSM a key comes back into, nor always how a request ended. */
function isPossible({ about }: Logged, { key }: RecoveryQuery): boolean {
  return key === undefined || (about !== undefined && isSameName(about.key, key));
}

function isWanted(deps: ListDeps, record: RecoveryRecord, query: RecoveryQuery): boolean {
  const { state, createdAt, endedAt = createdAt, operation } = record;
  if (isClosed(record) && endedAt < oldestIn(deps, query)) return false;
  if (query.attention === true && !needsAttention(record)) return false;
  if (query.state !== undefined && state !== query.state) return false;
  if (query.hsm !== undefined && ![operation.hsm, operation.target].includes(query.hsm)) return false;
  return query.key === undefined || isSameName(operation.key, query.key);
}

/** Newest first. */
function compare(a: Place, b: Place): number {
  if (a.asked !== b.asked) return b.asked - a.asked;
  if (a.id === b.id) return 0;
  return a.id < b.id ? 1 : -1;
}

function placeOf(next: string): Place {
  const [asked = '', id = ''] = next.split('-');
  return { asked: Number(asked), id };
}
