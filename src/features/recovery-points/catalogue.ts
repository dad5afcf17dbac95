/** The catalogue: for each key of an HSM its newest good backup. Derived; it can be rebuilt from the backups alone. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isBlobOf } from '../../core/model/backup-blob-name.ts';
import { isSameName, NameMap } from '../../core/model/key-name.ts';
import { olderFirst } from '../../core/model/recovery-order.ts';
import type { FindingNotes } from '../notes/finding-notes.ts';
import { type CatalogueEntry, catalogueLine, catalogueText, linesOf, parseLine } from './catalogue-text.ts';
import type { PointSeals } from './point-seals.ts';

export type { CatalogueEntry };

/**
 * Holds catalogues. Where seals are configured, a line of a catalogue counts only when the seal of its record is good, the record is
 * of this HSM, and its blob has a name of that record.
 */
export interface CatalogueStore extends DocumentStore {
  readonly points?: Pick<PointSeals, 'judge' | 'dated'> | undefined;
  /** Where seals are configured: what was found before, whatever the documents say. */
  readonly notes?: Pick<FindingNotes, 'read' | 'keep' | 'hsms'> | undefined;
}

/** A catalogue read whole. */
export interface Catalogue {
  readonly hsm: string;
  readonly keys: Readonly<Record<string, CatalogueEntry>>;
}

/** A catalogue that knows no key. */
export function emptyCatalogue(hsm: string): Catalogue {
  return { hsm, keys: {} };
}

/**
 * The catalogue with `backups` taken in: per key the youngest stays, whatever the order or the repeats.
 * So two writers can merge their work in any order and come to the same catalogue.
 */
export function mergeBackups(catalogue: Catalogue, backups: Iterable<CatalogueEntry>): Catalogue {
  const keys = new NameMap(Object.entries(catalogue.keys));
  for (const backup of backups) {
    const known = keys.get(backup.record.key);
    if (known === undefined || isNewer(backup, known)) keys.set(backup.record.key, backup);
  }
  return { ...catalogue, keys: Object.fromEntries(keys) };
}

/** Whether `a` takes the place of `b` in a catalogue: the younger one, by the time of the store. */
export function isNewer(a: CatalogueEntry, b: CatalogueEntry): boolean {
  return olderFirst(a, b) > 0;
}

/** The text of a whole catalogue, in pieces. */
export function writeCatalogue({ hsm, keys }: Catalogue): AsyncGenerator<string> {
  return catalogueText(hsm, [Object.values(keys).map(catalogueLine)]);
}

/** Reads the catalogue of an HSM; an HSM without one has an empty one. Fails with `state-corrupt`, or a storage code. */
export async function readCatalogue(
  store: CatalogueStore,
  hsm: string,
  signal?: AbortSignal,
): Promise<Catalogue> {
  const keys = new NameMap<CatalogueEntry>();
  for await (const entry of readEntries(store, hsm, signal)) {
    // A key that was purged and made again in another letter case may have a line of either spelling.
    const known = keys.get(entry.record.key);
    if (known === undefined || isNewer(entry, known)) keys.set(entry.record.key, entry);
  }
  return { hsm, keys: Object.fromEntries(keys) };
}

/** What the catalogue of an HSM knows of one key, its lines of others unread. Fails as {@link readCatalogue}. */
export async function readEntry(
  store: CatalogueStore,
  hsm: string,
  key: string,
  signal?: AbortSignal,
): Promise<CatalogueEntry | undefined> {
  const counts = await whatCounts(store, hsm, signal);
  const document = await store.open({ kind: 'catalogue', hsm }, signal);
  if (document === undefined) return undefined;
  for await (const lines of linesOf(document.text, hsm)) {
    const entries = lines.filter((line) => isSameName(line.key, key)).map((line) => parseLine(line, hsm));
    const found = entries.find(counts);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The entries of an HSM's catalogue, one after the other: a reader that keeps little of each needs little memory.
 * Fails as {@link readCatalogue}.
 */
export async function* readEntries(
  store: CatalogueStore,
  hsm: string,
  signal?: AbortSignal,
): AsyncGenerator<CatalogueEntry> {
  const counts = await whatCounts(store, hsm, signal);
  const document = await store.open({ kind: 'catalogue', hsm }, signal);
  if (document === undefined) return;
  for await (const lines of linesOf(document.text, hsm)) {
    for (const line of lines) {
      const entry = parseLine(line, hsm);
      if (counts(entry)) yield entry;
    }
  }
}

/** Whether an entry of `hsm` counts: each does where nothing is sealed. Fails with `seal-unavailable`. */
export async function whatCounts(
  { points }: CatalogueStore,
  hsm: string,
  signal?: AbortSignal,
): Promise<(entry: CatalogueEntry) => boolean> {
  if (points === undefined) return () => true;
  const judge = await points.judge(signal);
  // The seal is over the record alone: under any other name, what is known of this backup would not be found.
  return ({ blob, record }) => judge(record).good && record.hsm === hsm && isBlobOf(blob, record);
}
