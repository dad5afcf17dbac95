/** What one scan saw of an HSM. */

import type { ListedDeletedKey, ListedKey, ListedVersion } from '../../../core/model/key.ts';
import type { OddItem } from '../../../core/ports.ts';

/** All keys of an HSM as listed, by name. Lists change while they are paged: what is missing in both is not yet gone. */
export interface Observation {
  readonly active: ReadonlyMap<string, ListedKey>;
  readonly deleted: ReadonlyMap<string, ListedDeletedKey>;
  /** Items of the lists that could not be read, nor their keys directly: nothing is known of these but that they are there. */
  readonly odd?: readonly OddItem[];
}

/**
 * Where a key is. `versions` (oldest first) are there when its identity was in doubt, of a deleted key its newest
 * `version`: others cannot be listed.
 */
export type Presence =
  | { readonly is: 'active'; readonly key: ListedKey; readonly versions?: readonly ListedVersion[] }
  | { readonly is: 'deleted'; readonly key: ListedDeletedKey; readonly version?: string }
  /** Read directly in both places and found in neither. */
  | { readonly is: 'gone' }
  /** Could not be determined this time; nothing is concluded. */
  | { readonly is: 'unknown' };
