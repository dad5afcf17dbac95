/** Says of the purges noted before whether a backup still makes them good, and which of them are remembered. */
import { ownValue } from '../../../core/model/key-name.ts';
import { DAY_MS } from '../../../core/time.ts';
import type { Catalogue, CatalogueEntry } from '../../recovery-points/catalogue.ts';
import type { JudgeContext } from '../model/context.ts';
import type { NotedDamage } from '../model/noted-damage.ts';
import type { Observation, Presence } from '../model/observation.ts';
import { isExcused, lostOf, lostSince, type PastPurge } from '../model/purge-ledger.ts';
import type { WatchState } from '../model/watch-state.ts';

/** Purges of names that no backup remembers are forgotten after this: longer than any retention. */
const FORGET_PURGES_MS = 100 * DAY_MS;

/** What is known besides the memory of the watch. */
interface PurgeFacts {
  readonly observation: Observation;
  readonly confirmed: ReadonlyMap<string, Presence>;
  readonly catalogue: Catalogue;
  readonly damaged: NotedDamage;
}

/**
 * The purges by name. Of a key that is nowhere they say since when the catalogue names no backup of it any more; one that is not
 * remembered, and of whose backup damage is noted for good, is among them.
 */
export function notePurges(
  context: JudgeContext,
  state: WatchState,
  { observation, confirmed, catalogue, damaged }: PurgeFacts,
): WatchState['purges'] {
  const isThere = (name: string): boolean =>
    observation.active.has(name) ||
    observation.deleted.has(name) ||
    ['active', 'deleted'].includes(confirmed.get(name)?.is ?? 'gone') ||
    ownValue(state.keys, name) !== undefined;
  const noted = Object.entries(state.purges).map(([name, purge]): [string, PastPurge] => {
    const entry = ownValue(catalogue.keys, name);
    if (entry !== undefined || !isThere(name))
      return [name, noteOne(context, name, purge, entry, damaged.get(name))];
    return [name, purge];
  });
  // Their purge was seen by a scan that is not remembered: the memory was changed or deleted since.
  const forgotten = [...damaged].flatMap(([name, backupGoneSince]): [string, PastPurge][] => {
    if (ownValue(state.purges, name) !== undefined || ownValue(state.keys, name) !== undefined) return [];
    if (confirmed.get(name)?.is !== 'gone') return [];
    return [[name, { at: context.now, awaitsRecord: false, records: [], backupGoneSince }]];
  });
  return Object.fromEntries([...noted, ...forgotten]);
}

function noteOne(
  { now, policy }: JudgeContext,
  name: string,
  purge: PastPurge,
  entry: CatalogueEntry | undefined,
  damagedAt: number | undefined,
): PastPurge {
  const { backupGoneSince, ...sound } = purge;
  if (entry === undefined && damagedAt !== undefined) {
    if (lostOf(purge) === 'key' && lostSince(purge) >= damagedAt) return purge;
    // It had a backup: whoever says in the memory that it was to have none is wrong.
    const { excluded: _said, ...rest } = sound;
    return { ...rest, backupGoneSince: damagedAt };
  }
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
