/** What one scan saw of an HSM. */

import type { ListedDeletedKey, ListedKey, ListedVersion } from '../../../core/model/key.ts';
import type { OddItem } from '../../../core/ports.ts';
import type { Caller } from './events.ts';

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

/** A deletion or purge that the HSM's audit log reports. `at`: epoch milliseconds of the service. */
export interface KeySignal {
  readonly key: string;
  readonly at: number;
  readonly caller: Caller;
}

/** A refused use of a key. */
export interface UseSignal extends KeySignal {
  readonly operation: string;
  readonly httpStatus: number;
}

/** What the audit log reported since the last scan: it knows of what happened between two scans. */
export interface Signals {
  readonly deletes: readonly KeySignal[];
  readonly purges: readonly KeySignal[];
  readonly uses: readonly UseSignal[];
}

/** Nothing was reported. */
export const NO_SIGNALS: Signals = { deletes: [], purges: [], uses: [] };
