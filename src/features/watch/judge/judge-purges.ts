/** Says of the purges noted before whether a backup still makes them good, and which of them are remembered. */
import { ownValue } from '../../../core/model/key-name.ts';
import { DAY_MS } from '../../../core/time.ts';
import type { Catalogue, CatalogueEntry } from '../../recovery-points/catalogue.ts';
import type { JudgeContext } from '../model/context.ts';
import type { Observation, Presence } from '../model/observation.ts';
import { isExcused, lostOf, type PastPurge } from '../model/purge-ledger.ts';
import type { WatchState } from '../model/watch-state.ts';

/** Purges of names that no backup remembers are forgotten after this: longer than any retention. */
const FORGET_PURGES_MS = 100 * DAY_MS;

/** What is known besides the memory of the watch. */
interface PurgeFacts {
  readonly observation: Observation;
  readonly confirmed: ReadonlyMap<string, Presence>;
  readonly catalogue: Catalogue;
}

/** The purges by name. Of a key that is nowhere they say since when the catalogue names no backup of it any more. */
export function notePurges(
  context: JudgeContext,
  state: WatchState,
  { observation, confirmed, catalogue }: PurgeFacts,
): WatchState['purges'] {
  const isThere = (name: string): boolean =>
    observation.active.has(name) ||
    observation.deleted.has(name) ||
    ['active', 'deleted'].includes(confirmed.get(name)?.is ?? 'gone') ||
    ownValue(state.keys, name) !== undefined;
  return Object.fromEntries(
    Object.entries(state.purges).map(([name, purge]): [string, PastPurge] => {
      const entry = ownValue(catalogue.keys, name);
      return [name, entry === undefined && isThere(name) ? purge : noteOne(context, name, purge, entry)];
    }),
  );
}

function noteOne(
  { now, policy }: JudgeContext,
  name: string,
  purge: PastPurge,
  entry: CatalogueEntry | undefined,
): PastPurge {
  const { backupGoneSince, ...sound } = purge;
  if (entry === undefined) {
    return isExcused(name, purge, policy.selection) || purge.lost === 'key'
      ? purge
      : { ...sound, backupGoneSince: backupGoneSince ?? now };
  }
  // A backup of the time after the purge is one of a later key.
  return backupGoneSince !== undefined && entry.record.capturedAt < purge.at ? sound : purge;
}

/** Those to be remembered: a loss is one until a person takes note of it, and stays to be seen from then on. */
export function keptPurges({ now }: JudgeContext, purges: WatchState['purges'], catalogue: Catalogue) {
  return Object.entries(purges).filter(
    ([name, purge]) =>
      lostOf(purge) !== undefined ||
      ownValue(catalogue.keys, name) !== undefined ||
      now - purge.at < FORGET_PURGES_MS,
  );
}
