/** Changes the memory of a watch while others may change it too. */

import { isWardenError } from '../../core/errors.ts';
import type { Finding } from '../../core/events/finding.ts';
import type { Clock, StateStore } from '../../core/ports.ts';
import { post } from './model/post.ts';
import { readWatchState, type WatchState, writeWatchState } from './model/watch-state.ts';

/** Looks of one HSM meet seldom: a timer's and those of the audit log. */
const ATTEMPTS = 8;

/**
 * Reads the memory, changes it and writes it; reads anew when somebody else wrote meanwhile. A change that returns the
 * state it was given writes nothing. Fails with `state-corrupt`, `state-conflict` after many conflicts, or a storage code.
 */
export async function updateWatchState(
  store: StateStore,
  hsm: string,
  change: (state: WatchState) => WatchState,
): Promise<WatchState> {
  for (let attempt = 1; ; attempt += 1) {
    const { state, guard } = await readWatchState(store, hsm);
    const next = change(state);
    if (next === state) return state;
    try {
      await writeWatchState(store, next, guard);
      return next;
    } catch (error) {
      if (!isWardenError(error, 'state-conflict') || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Puts findings into the outbox of the HSM's watch: from then on they cannot be lost. Fails as {@link updateWatchState}. */
export async function announce(
  deps: { readonly state: StateStore; readonly clock: Clock },
  hsm: string,
  findings: readonly Finding[],
): Promise<void> {
  if (findings.length === 0) return;
  await updateWatchState(deps.state, hsm, (state) => post(state, findings, deps.clock.now()));
}
