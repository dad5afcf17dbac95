/** What damage means for a key: whether another backup stands in for the damaged one, where the key is, and what to do. */
import { isWardenError } from '../../core/errors.ts';
import { olderFirst } from '../../core/model/recovery-order.ts';
import type { StoredBackup } from '../../core/ports.ts';
import type { Observation } from '../../features/watch/model/observation.ts';
import { type ObserveDeps, observe } from '../../features/watch/observe/observe.ts';
import { when } from '../connect/warden-options.ts';
import { duration } from '../frame/duration.ts';

/** A damaged backup. */
export interface Damaged {
  readonly backup: StoredBackup;
  readonly reason: string;
}

/** Where a key is now; `unknown`: its HSM could not be read. */
type Whereabouts =
  | { readonly is: 'active' | 'gone' }
  | { readonly is: 'deleted'; readonly scheduledPurgeAt: number }
  | { readonly is: 'unknown'; readonly why: string };

/** The damage of one key. */
export interface KeyDamage {
  readonly hsm: string;
  readonly key: string;
  readonly backups: readonly Damaged[];
  /** The newest backup of the key that was read and is good. */
  readonly good: StoredBackup | undefined;
  readonly where: Whereabouts;
}

/** Sorts damage by key, and finds out where each key is. Fails with `aborted` or `signed-out` only. */
export async function judgeDamage(
  deps: ObserveDeps,
  damaged: readonly Damaged[],
  newestGood: (key: string) => StoredBackup | undefined,
  signal: AbortSignal,
): Promise<readonly KeyDamage[]> {
  if (damaged.length === 0) return [];
  const hsm = deps.keys.hsm;
  const whereabouts = await locate(deps, signal);
  const byKey = Map.groupBy(damaged, ({ backup }) => backup.record.key);
  return [...byKey].map(([key, backups]) => ({
    hsm,
    key,
    backups: backups.toSorted((a, b) => olderFirst(a.backup, b.backup)),
    good: newestGood(key),
    where: whereabouts(key),
  }));
}

async function locate(deps: ObserveDeps, signal: AbortSignal): Promise<(key: string) => Whereabouts> {
  let seen: Observation;
  try {
    seen = await observe(deps, signal);
  } catch (error) {
    if (!isWardenError(error) || signal.aborted || error.code === 'signed-out') throw error;
    return () => ({ is: 'unknown', why: error.reason ?? error.code });
  }
  return (key) => {
    const deleted = seen.deleted.get(key);
    if (deleted !== undefined) return { is: 'deleted', scheduledPurgeAt: deleted.scheduledPurgeAt };
    if (seen.active.has(key)) return { is: 'active' };
    // An item of the list that could not be read may be this key.
    return (seen.odd ?? []).length > 0 ? { is: 'unknown', why: 'its list has odd items' } : { is: 'gone' };
  };
}

/** What is left of a key, and the commands that help; `same` is what keeps them in the local world. */
export function adviceOn(
  { hsm, key, good, where }: KeyDamage,
  now: number,
  same: string,
): { readonly state: string; readonly next: readonly string[] } {
  const left =
    good === undefined
      ? 'no good backup of it is left'
      : `its newest good backup was captured ${when(good.record.capturedAt)}`;
  const backUp = `hsm-warden backup run --hsm ${hsm} --key ${key}${same}`;
  const recover = `hsm-warden key recover --hsm-name ${hsm} --name ${key}${same}`;
  switch (where.is) {
    case 'active':
      return { state: `the key is active; ${left}`, next: [backUp] };
    case 'deleted': {
      const time = duration(Math.max(0, where.scheduledPurgeAt - now));
      const purge = `the key is soft-deleted and purged in ${time} (${when(where.scheduledPurgeAt)}); ${left}`;
      return good === undefined
        ? { state: `${purge}: after that nothing brings it back`, next: [recover, backUp] }
        : { state: purge, next: [recover] };
    }
    case 'gone':
      return good === undefined
        ? { state: `the key is gone, and ${left}: it is LOST`, next: [] }
        : { state: `the key is gone; ${left}`, next: [`hsm-warden backup show ${good.blob}${same}`] };
    case 'unknown':
      return {
        state: `the state of the key is unknown (${where.why}); ${left}`,
        next: [`hsm-warden doctor${same}`],
      };
  }
}
