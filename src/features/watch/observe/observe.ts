/** Scans an HSM: both lists, and direct reads where the lists leave a doubt. */

import { forEachConcurrently } from '../../../core/concurrency.ts';
import { eachPage } from '../../../core/each-page.ts';
import { isWardenError } from '../../../core/errors.ts';
import type { KeyDetail, ListedDeletedKey, ListedKey } from '../../../core/model/key.ts';
import { distinctNames, NameMap } from '../../../core/model/key-name.ts';
import type { Clock, KeyService, ListPage, Logger, OddItem } from '../../../core/ports.ts';
import { type RetryPolicy, withRetries } from '../../../core/retry.ts';
import type { Observation, Presence } from '../model/observation.ts';

/** The service allows 1100 reads a second on an HSM; a scan takes a small part of them. */
const READS_AT_ONCE = 8;

/** What looking needs. */
export interface ObserveDeps {
  readonly keys: KeyService;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retry: RetryPolicy;
}

/**
 * Lists all keys. Active ones first: a key deleted meanwhile is then in both lists, and the later one is right; a key
 * recovered meanwhile is in neither, and is read directly. Fails with the codes of {@link KeyService}.
 */
export async function observe(deps: ObserveDeps, signal: AbortSignal): Promise<Observation> {
  const { all: active, odd } = await listAll<ListedKey>(
    deps,
    (next) => deps.keys.listKeys(next, signal),
    signal,
  );
  const { all: deleted, odd: oddDeleted } = await listAll<ListedDeletedKey>(
    deps,
    (next) => deps.keys.listDeletedKeys(next, signal),
    signal,
  );
  for (const name of deleted.keys()) active.delete(name);
  const left = await readOdd(deps, active, deleted, [...odd, ...oddDeleted], signal);
  return { active, deleted, ...(left.length === 0 ? {} : { odd: left }) };
}

/** Reads the keys directly whose items could not be read, and returns the items that stay unread. */
async function readOdd(
  deps: ObserveDeps,
  active: Map<string, ListedKey>,
  deleted: Map<string, ListedDeletedKey>,
  odd: readonly OddItem[],
  signal: AbortSignal,
): Promise<readonly OddItem[]> {
  const names = distinctNames(odd.flatMap(({ name }) => name ?? []));
  const found = await confirm(deps, names, signal);
  for (const [name, presence] of found) {
    if (presence.is === 'active' && !deleted.has(name)) active.set(name, presence.key);
    if (presence.is === 'deleted') deleted.set(name, presence.key);
  }
  const left = odd.filter(({ name }) => name === undefined || found.get(name)?.is === 'unknown');
  for (const { name, error } of left) {
    const key = name === undefined ? {} : { key: name };
    deps.logger.warn('a listed key could not be read, nothing is known of it', {
      hsm: deps.keys.hsm,
      ...key,
      error,
    });
  }
  return left;
}

/** Reads each of `names` directly. A read that fails leaves the key `unknown`: the next scan tries again. */
export async function confirm(
  deps: ObserveDeps,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Presence>> {
  const found = new NameMap<Presence>();
  await forEachConcurrently(names, READS_AT_ONCE, async (name) => {
    found.set(name, await presenceOf(deps, name, signal));
  });
  return found;
}

/**
 * Where one key is. Both places are read twice before it is called gone: a key that is recovered or deleted between the
 * first two reads is in neither of them.
 */
async function presenceOf(deps: ObserveDeps, name: string, signal: AbortSignal): Promise<Presence> {
  try {
    for (let round = 1; round <= 2; round += 1) {
      const deleted = await readDeleted(deps, name, signal);
      if (deleted !== undefined) return { is: 'deleted', key: deleted, version: deleted.version };
      const active = await readActive(deps, name, signal);
      if (active !== undefined) return active;
    }
    return { is: 'gone' };
  } catch (error) {
    if (!isWardenError(error) || signal.aborted) throw error;
    deps.logger.warn('a key could not be read, nothing is said of it', {
      hsm: deps.keys.hsm,
      key: name,
      error,
    });
    return { is: 'unknown' };
  }
}

async function readDeleted(
  deps: ObserveDeps,
  name: string,
  signal: AbortSignal,
): Promise<(KeyDetail & ListedDeletedKey) | undefined> {
  return unlessNotFound(() => repeat(deps, () => deps.keys.getDeletedKey(name, signal), signal)).then(
    (key) => key && { ...key, managed: false },
  );
}

async function readActive(
  deps: ObserveDeps,
  name: string,
  signal: AbortSignal,
): Promise<Presence | undefined> {
  const key = await unlessNotFound(() =>
    repeat(deps, () => deps.keys.getKey(name, undefined, signal), signal),
  );
  if (key === undefined) return undefined;
  const versions = await repeat(deps, () => deps.keys.listVersions(name, signal), signal);
  // Deleted between the two reads: the next round finds it there.
  return versions.length === 0 ? undefined : { is: 'active', key: { ...key, managed: false }, versions };
}

async function unlessNotFound<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isWardenError(error, 'key-not-found')) return undefined;
    throw error;
  }
}

async function listAll<T extends ListedKey>(
  deps: ObserveDeps,
  page: (next: string | undefined) => Promise<ListPage<T>>,
  signal: AbortSignal,
): Promise<{ readonly all: Map<string, T>; readonly odd: readonly OddItem[] }> {
  const all = new NameMap<T>();
  const odd: OddItem[] = [];
  const { hsm } = deps.keys;
  const list = { code: 'hsm-answer-unexpected', what: `the keys of HSM ${hsm}`, hsm } as const;
  for await (const read of eachPage(list, (next) => repeat(deps, () => page(next), signal))) {
    for (const item of read.items) all.set(item.name, item);
    odd.push(...(read.odd ?? []));
  }
  return { all, odd };
}

function repeat<T>(deps: ObserveDeps, attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return withRetries(attempt, deps.clock, deps.retry, signal);
}
