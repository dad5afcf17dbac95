/** Removes what drills have made in the drill HSM, and nothing else. */
import { eachPage } from '../../core/each-page.ts';
import { isWardenError } from '../../core/errors.ts';
import { isSameName } from '../../core/model/key-name.ts';
import type { Clock, ListPage, Pacer } from '../../core/ports.ts';
import { type RetryPolicy, withRetries } from '../../core/retry.ts';
import type { JournalLine } from './model/drill-state.ts';
import type { DrillHsm } from './ports.ts';

/** What removing needs. */
export interface CleanupDeps {
  readonly hsm: DrillHsm;
  readonly deletes: Pacer;
  readonly purges: Pacer;
  readonly clock: Clock;
  readonly retry: RetryPolicy;
}

/** Keys of the drill HSM by name. */
export interface FoundKeys {
  readonly active: readonly string[];
  readonly deleted: readonly string[];
}

/** Lists the drill HSM. Fails with its codes, also when an item cannot be read: then nobody knows what is there. */
export async function findKeys(deps: CleanupDeps, signal: AbortSignal): Promise<FoundKeys> {
  const { keys } = deps.hsm;
  const all = async (page: (next?: string) => Promise<ListPage<{ readonly name: string }>>) => {
    const { hsm } = keys;
    const list = { code: 'hsm-answer-unexpected', what: `the keys of HSM ${hsm}`, hsm } as const;
    const read = (next: string | undefined) => withRetries(() => page(next), deps.clock, deps.retry, signal);
    const names: string[] = [];
    for await (const { items, odd = [] } of eachPage(list, read)) {
      for (const { error } of odd) throw error;
      names.push(...items.map(({ name }) => name));
    }
    return names;
  };
  return {
    active: await all((next) => keys.listKeys(next, signal)),
    deleted: await all((next) => keys.listDeletedKeys(next, signal)),
  };
}

/** The names under which drills have left keys, by the journal. */
export function ownNames(journal: readonly JournalLine[]): readonly string[] {
  return journal.map(({ key, restoredAs }) => restoredAs ?? key);
}

/** Deletes and purges what is there of `names`, one after the other. Returns the names that could not be removed. */
export async function removeFound(
  deps: CleanupDeps,
  { active, deleted }: FoundKeys,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const name of names) {
    const isOwn = (found: string) => isSameName(found, name);
    if (!active.some(isOwn) && !deleted.some(isOwn)) continue;
    if (!(await removeKey(deps, name, signal))) left.push(name);
  }
  return left;
}

/** Deletes and purges one key. Whether it is gone; fails only when `signal` is aborted. */
export async function removeKey(deps: CleanupDeps, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    await paced(deps, deps.deletes, () => deps.hsm.deleteKey(name, signal), signal);
    await paced(deps, deps.purges, () => deps.hsm.purgeKey(name, signal), signal);
    return true;
  } catch (error) {
    if (!isWardenError(error) || signal.aborted) throw error;
    return false;
  }
}

function paced(
  { clock, retry }: CleanupDeps,
  pacer: Pacer,
  work: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  return withRetries(
    async () => {
      await pacer.take(signal);
      try {
        await work();
        pacer.succeeded();
      } catch (error) {
        if (isWardenError(error, 'hsm-throttled', 'hsm-unavailable')) pacer.throttled(error.retryAfterMs);
        throw error;
      }
    },
    clock,
    retry,
    signal,
  );
}
