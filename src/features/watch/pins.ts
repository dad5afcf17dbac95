/** Pins the last good backups of purged keys: no lifecycle rule may remove what nothing else can bring back. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError } from '../../core/errors.ts';
import type { BackupPins, Logger } from '../../core/ports.ts';
import { updateWatchState, type WatchState } from './model/watch-state.ts';

/** What pinning needs. */
export interface PinDeps {
  readonly state: DocumentStore;
  readonly pins: BackupPins;
  readonly logger: Logger;
}

/**
 * Pins what the memory says is still to be pinned, and forgets it. A backup that cannot be pinned now stays on the list.
 * Fails with `state-corrupt`, `state-conflict` or a storage code of the state.
 */
export async function pinBackups(deps: PinDeps, state: WatchState, signal?: AbortSignal): Promise<void> {
  const { hsm } = state;
  const pinned = new Set<string>();
  for (const blob of state.pins) {
    try {
      const copy = await deps.pins.pin(blob, signal);
      deps.logger.info('backup pinned', { hsm, blob, copy });
      pinned.add(blob);
    } catch (error) {
      if (!isWardenError(error)) throw error;
      deps.logger.error('backup could not be pinned', { hsm, blob, error });
      // What is not there now will never be: its absence was reported, and the verification reports it too.
      if (error.code === 'blob-missing') pinned.add(blob);
    }
  }
  if (pinned.size === 0) return;
  await updateWatchState(deps.state, hsm, (now) => ({
    ...now,
    pins: now.pins.filter((blob) => !pinned.has(blob)),
  }));
}
