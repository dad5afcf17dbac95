/** Proves that the store can be listed and read, the way a restore takes, and that it holds what the catalogue promises. */
import { NameMap } from '../../core/model/key-name.ts';
import { olderFirst } from '../../core/model/recovery-order.ts';
import type { BackupStore } from '../../core/ports.ts';
import { withRetries } from '../../core/retry.ts';
import {
  type Catalogue,
  type CatalogueEntry,
  type CatalogueStore,
  whatCounts,
} from '../recovery-points/catalogue.ts';
import { damageOf } from '../verify/check-backup.ts';
import type { ObserveDeps } from '../watch/observe/observe.ts';

/** What the store holds of what the catalogue promises. */
export interface StoreCheck {
  /** Keys whose newest backup is not listed. */
  readonly missing: NameMap<true>;
  /** Blobs that were read and are not what was stored. */
  readonly damaged: ReadonlySet<string>;
  /** Where seals are configured: how many blobs have no good one, so that they are no recovery points. */
  readonly unproven: number;
}

/** Lists all backups of the HSM, and reads the newest that is listed. Fails with a storage code. */
export async function checkStore(
  deps: Pick<ObserveDeps, 'keys' | 'clock' | 'retry'> & {
    readonly backups: BackupStore;
    readonly state: CatalogueStore;
  },
  { keys }: Catalogue,
  signal: AbortSignal,
): Promise<StoreCheck> {
  const entries = Object.values(keys);
  const missing = new Map(entries.map((entry) => [identityOf(entry), entry]));
  const counts = await whatCounts(deps.state, deps.keys.hsm, signal);
  let unproven = 0;
  for await (const page of (deps.backups.all ?? deps.backups).list(deps.keys.hsm, undefined, signal)) {
    for (const backup of page) {
      // A pinned copy restores as the original does: what counts is what it is a backup of.
      if (counts(backup)) missing.delete(identityOf(backup));
      else unproven += 1;
    }
  }
  const newest = entries
    .filter((entry) => !missing.has(identityOf(entry)))
    .reduce<CatalogueEntry | undefined>(
      (last, entry) => (last === undefined || olderFirst(last, entry) < 0 ? entry : last),
      undefined,
    );
  const damage =
    newest === undefined
      ? undefined
      : await withRetries(() => damageOf(deps.backups, newest, signal), deps.clock, deps.retry, signal);
  return {
    missing: new NameMap([...missing.values()].map(({ record }) => [record.key, true])),
    damaged: new Set(newest === undefined || damage === undefined ? [] : [newest.blob]),
    unproven,
  };
}

function identityOf({ record }: Pick<CatalogueEntry, 'record'>): string {
  return `${record.key} ${record.capturedAt} ${record.sha256}`;
}
