/** What a process has to do with seals, where its settings name pinned keys. */
import type { PinnedKeys } from './pinned-keys.ts';
import type { Sealer } from './sealer.ts';

/** Seals as the platform offers them; where the settings pin no key there are none, and nothing is sealed or verified. */
export interface Seals {
  /** Makes seals; absent in a process that may only verify them. */
  readonly sealer?: Sealer;
  /**
   * The pinned keys, always the same object once it was had. Fails with `seal-unavailable` when a key that the settings name by
   * its URL alone cannot be read; with all keys written out in the settings it never fails.
   */
  pinned(signal?: AbortSignal): Promise<PinnedKeys>;
}
