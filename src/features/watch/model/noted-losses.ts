/** What the watch remembers, with the losses that are noted for good: the one place where the two are put together. */
import { NameMap } from '../../../core/model/key-name.ts';
import type { LossFacts } from '../../notes/note.ts';
import type { CatalogueStore } from '../../recovery-points/catalogue.ts';
import { type KnownKey, readWatchState, type WatchState } from './watch-state.ts';

/** A memory of a watch by which something is judged. */
export interface Recalled {
  readonly watch: WatchState;
  /** How many notes have no good seal; they say nothing. */
  readonly ignored: number;
}

/**
 * Reads the memory of an HSM's watch to judge by it: where seals are configured, with the losses that it should remember. Fails as
 * `readWatchState`, and with `seal-unavailable` and the storage codes when the notes cannot be read: then what is lost is not known.
 */
export async function recallWatch(
  store: Pick<CatalogueStore, 'read' | 'notes'> & Parameters<typeof readWatchState>[0],
  hsm: string,
  signal?: AbortSignal,
): Promise<Recalled> {
  const watch = await readWatchState(store, hsm, signal);
  const notes = await store.notes?.read(hsm, signal);
  if (notes === undefined) return { watch, ignored: 0 };
  return { watch: withLosses(watch, notes.losses).state, ignored: notes.ignored.length };
}

/** The losses of a memory that are to be noted: not those that rest on a backup which is gone, for it may come back. */
export function lossesToNote({ purges }: Pick<WatchState, 'purges'>): readonly LossFacts[] {
  return Object.entries(purges).flatMap(([key, { lost, at }]): LossFacts[] =>
    lost === undefined ? [] : [{ kind: 'loss', key, lost, noticedAt: at }],
  );
}

/**
 * `state` with `noted` losses in its ledger, and the keys of which it lacked one. A ledger that has the loss at that time or later,
 * and no smaller one, is right: a key may have been lost again.
 */
export function withLosses(
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

/** When a remembered key was last deleted or made, epoch milliseconds. */
function lastSign(known: KnownKey): number {
  return known.state === 'deleted' ? known.deletedAt : known.createdAt;
}
