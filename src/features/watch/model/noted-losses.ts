/** What the watch remembers, with the losses that are noted for good: the one place where the two are put together. */
import { NameMap } from '../../../core/model/key-name.ts';
import type { KnownNotes } from '../../notes/finding-notes.ts';
import type { LossFacts } from '../../notes/note.ts';
import type { CatalogueStore } from '../../recovery-points/catalogue.ts';
import { isAhead, withoutFuture } from './past-times.ts';
import { type KnownKey, readWatchState, type WatchState } from './watch-state.ts';

/** A memory of a watch by which something is judged. */
export interface Recalled {
  readonly watch: WatchState;
  /** How many notes have no good seal; they say nothing. */
  readonly ignored: number;
  /** The damaged backups that are noted for good. */
  readonly damaged: KnownNotes['damaged'] | undefined;
}

/**
 * Reads the memory of an HSM's watch to judge by it: where seals are configured, with the losses that it should remember. Fails as
 * `readWatchState`, and with `seal-unavailable` and the storage codes when the notes cannot be read: then what is lost is not known.
 * `now`: epoch milliseconds.
 */
export async function recallWatch(
  store: Pick<CatalogueStore, 'read' | 'notes'> & Parameters<typeof readWatchState>[0],
  hsm: string,
  now: number,
  signal?: AbortSignal,
): Promise<Recalled> {
  const watch = await readWatchState(store, hsm, signal);
  const notes = await store.notes?.read(hsm, signal);
  const { losses = [], ignored = [] } = notes ?? {};
  return { watch: takeUp(watch, losses, now).state, ignored: ignored.length, damaged: notes?.damaged };
}

/** A memory of a watch as it is to be believed at `now`: nothing in it of the future, and with the losses that are noted for good. */
export function takeUp(
  state: WatchState,
  noted: readonly LossFacts[],
  now: number,
): { readonly state: WatchState; readonly restored: readonly string[] } {
  // A loss stays known that a clock ahead of all others has dated; but whatever is lost from now on is lost later.
  const losses = noted.map((loss) => (isAhead(loss.noticedAt, now) ? { ...loss, noticedAt: 0 } : loss));
  const dated = noted.filter(({ noticedAt }) => !isAhead(noticedAt, now));
  const lostAt = newestOf(dated.map(({ key, noticedAt }) => [key, noticedAt]));
  return withLosses(
    withoutFuture(state, now, (key) => lostAt.get(key)),
    losses,
  );
}

/**
 * The losses of a memory that are to be noted: not those that rest on a backup which is gone, for it may come back. By what a backup went,
 * that is noted: see `noted-damage.ts`.
 */
export function lossesToNote({ purges }: Pick<WatchState, 'purges'>): readonly LossFacts[] {
  return Object.entries(purges).flatMap(([key, { lost, at }]): LossFacts[] =>
    lost === undefined ? [] : [{ kind: 'loss', key, lost, noticedAt: at }],
  );
}

/**
 * `state` with `noted` losses in its ledger, and the keys of which it lacked one. A ledger that has the loss at that time or later,
 * and no smaller one, is right: a key may have been lost again.
 */
function withLosses(
  state: WatchState,
  noted: readonly LossFacts[],
): { readonly state: WatchState; readonly restored: readonly string[] } {
  if (noted.length === 0) return { state, restored: [] };
  const worst = new NameMap<LossFacts>();
  for (const loss of noted) {
    const known = worst.get(loss.key);
    const newer = known === undefined || known.noticedAt < loss.noticedAt ? loss : known;
    // Once the whole key was lost no later purge of the name makes less of it.
    const isWhole = loss.lost === 'key' || known?.lost === 'key';
    worst.set(loss.key, isWhole ? { ...newer, lost: 'key' } : newer);
  }
  const purges = new NameMap(Object.entries(state.purges));
  const restored: string[] = [];
  for (const [key, { lost, noticedAt }] of worst) {
    const past = purges.get(key);
    const isLater = past?.lost !== undefined && past.at >= noticedAt;
    if (isLater && (past.lost === 'key' || lost === 'newest-version')) continue;
    restored.push(key);
    const { records = [] } = past ?? {};
    purges.set(key, { ...past, at: isLater ? past.at : noticedAt, awaitsRecord: false, records, lost });
  }
  if (restored.length === 0) return { state, restored };
  // A memory that lacks the loss may be of before it: the key that it still remembers is the one that was lost.
  const keys = new NameMap(Object.entries(state.keys));
  for (const key of restored) {
    const known = keys.get(key);
    const { noticedAt = 0 } = worst.get(key) ?? {};
    if (known !== undefined && lastSign(known) <= noticedAt) keys.delete(key);
  }
  const memory = { ...state, keys: Object.fromEntries(keys), purges: Object.fromEntries(purges) };
  return { state: memory, restored };
}

/** The newest time of each name. */
function newestOf(times: readonly (readonly [string, number])[]): NameMap<number> {
  const newest = new NameMap<number>();
  for (const [name, time] of times) newest.set(name, Math.max(time, newest.get(name) ?? 0));
  return newest;
}

/** When a remembered key was last deleted or made, epoch milliseconds. */
function lastSign(known: KnownKey): number {
  return known.state === 'deleted' ? known.deletedAt : known.createdAt;
}
