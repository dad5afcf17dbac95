/** Proves that the store can be listed and read, the way a restore takes, and that it holds what the catalogue promises. */
import { NameMap } from '../../core/model/key-name.ts';
import { olderFirst } from '../../core/model/recovery-order.ts';
import type { BackupStore } from '../../core/ports.ts';
import { withRetries } from '../../core/retry.ts';
import type { Catalogue, CatalogueEntry } from '../recovery-points/catalogue.ts';
import { damageOf } from '../verify/check-backup.ts';
import type { ObserveDeps } from '../watch/observe/observe.ts';

/** What the store holds of what the catalogue promises. */
export interface StoreCheck {
  /** Keys whose newest backup is not listed. */
  readonly missing: NameMap<true>;
  /** Blobs that were read and are not what was stored. */
  readonly damaged: ReadonlySet<string>;
}

/** Lists all backups of the HSM, and reads the newest that is listed. Fails with a storage code. */
export async function checkStore(
  deps: Pick<ObserveDeps, 'keys' | 'clock' | 'retry'> & { readonly backups: BackupStore },
  { keys }: Catalogue,
  signal: AbortSignal,
): Promise<StoreCheck> {
  const entries = Object.values(keys);
  const missing = new Map(entries.map((entry) => [identityOf(entry), entry]));
  for await (const page of deps.backups.list(deps.keys.hsm, undefined, signal)) {
    // A pinned copy restores as the original does: what counts is what it is a backup of.
    for (const backup of page) missing.delete(identityOf(backup));
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
  };
}

function identityOf({ record }: Pick<CatalogueEntry, 'record'>): string {
  return `${record.key} ${record.capturedAt} ${record.sha256}`;
}
