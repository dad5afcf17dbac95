/** What a sweep keeps of the catalogue in its memory: of thousands of keys only what it decides by. */
import type { VersionFact } from '../../core/model/key.ts';
import { NameMap } from '../../core/model/key-name.ts';
import { type CatalogueStore, readEntries } from '../recovery-points/catalogue.ts';
import type { CatalogueEntry } from '../recovery-points/catalogue-text.ts';

/** The newest good backup of one key. Times are epoch milliseconds, as in the backup's record. */
export interface KnownBackup {
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly capturedAt: number;
  readonly versions: readonly VersionFact[];
  readonly blob: string;
  /** The whole entry, where this very run made the backup. */
  readonly own?: CatalogueEntry;
}

/** Reads what the catalogue of `hsm` knows. Fails with `state-corrupt`, or a storage code. */
export async function readKnownBackups(
  store: CatalogueStore,
  hsm: string,
  runId: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, KnownBackup>> {
  const known = new NameMap<KnownBackup>();
  for await (const entry of readEntries(store, hsm, signal)) {
    const { key, createdAt, updatedAt, capturedAt, versions } = entry.record;
    const own = entry.record.runId === runId ? { own: entry } : {};
    known.set(key, { createdAt, updatedAt, capturedAt, versions, blob: entry.blob, ...own });
  }
  return known;
}
