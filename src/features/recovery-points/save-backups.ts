/** Changes the stored catalogue of an HSM, whoever else changes it at the same time. */
import { repeatOnConflict } from '../../core/documents/update-document.ts';
import { NameMap } from '../../core/model/key-name.ts';
import { type CatalogueStore, isNewer, whatCounts } from './catalogue.ts';
import { type CatalogueEntry, catalogueLine, catalogueText, linesOf, parseLine } from './catalogue-text.ts';
import { changeLines, changesAny, type LineChange } from './key-lines.ts';

/**
 * Merges `backups` into the stored catalogue, reading it again when somebody else wrote meanwhile: per key the youngest
 * stays. Where seals are configured, one without a good seal never comes into it, and gives way to any other. Fails with `state-corrupt`, `state-conflict` after many conflicts, or a storage code.
 */
export async function saveBackups(
  store: CatalogueStore,
  hsm: string,
  backups: readonly CatalogueEntry[],
): Promise<void> {
  const counts = await whatCounts(store, hsm);
  const newest = newestOf(backups.filter(counts));
  await changeCatalogue(store, hsm, {
    of(known) {
      const backup = newest.get(known.key);
      if (backup === undefined) return known.line;
      const entry = parseLine(known, hsm);
      return counts(entry) && !isNewer(backup, entry) ? known.line : catalogueLine(backup);
    },
    added: new NameMap([...newest].map(([key, backup]) => [key, catalogueLine(backup)])),
  });
}

/** A backup that is to stand in the catalogue no more, and what comes in its place, if anything. */
export interface Exchange {
  readonly key: string;
  readonly blob: string;
  readonly replacement: CatalogueEntry | undefined;
}

/**
 * Takes backups out of the stored catalogue, for others where there are some. Of a key for which it knows another backup
 * by now nothing is changed. Fails as {@link saveBackups}.
 */
export async function exchangeBackups(
  store: CatalogueStore,
  hsm: string,
  exchanges: readonly Exchange[],
): Promise<void> {
  const keys = new NameMap(exchanges.map(({ key }) => [key, true]));
  // By blob: of one key several backups may be exchanged, of which the catalogue knows one at most.
  const byBlob = new Map(exchanges.map((exchange) => [exchange.blob, exchange]));
  await changeCatalogue(store, hsm, {
    of(known) {
      if (!keys.has(known.key)) return known.line;
      const exchange = byBlob.get(parseLine(known, hsm).blob);
      if (exchange === undefined) return known.line;
      return exchange.replacement === undefined ? undefined : catalogueLine(exchange.replacement);
    },
    added: new Map(),
  });
}

/** Of each key the youngest backup. */
function newestOf(backups: readonly CatalogueEntry[]): NameMap<CatalogueEntry> {
  const newest = new NameMap<CatalogueEntry>();
  for (const backup of backups) {
    const other = newest.get(backup.record.key);
    if (other === undefined || isNewer(backup, other)) newest.set(backup.record.key, backup);
  }
  return newest;
}

/** Changes the lines of the catalogue. One that would be the same afterwards is not written. */
function changeCatalogue(store: CatalogueStore, hsm: string, change: LineChange): Promise<void> {
  const address = { kind: 'catalogue', hsm } as const;
  const open = async () => {
    const document = await store.open(address);
    return {
      lines: document === undefined ? [] : linesOf(document.text, hsm),
      guard: document === undefined ? ('absent' as const) : { etag: document.etag },
    };
  };
  return repeatOnConflict(`The backup catalogue of HSM ${hsm}`, async () => {
    // A sweep soon comes to a line that differs, so little is read twice.
    if (!(await changesAny((await open()).lines, change))) return;
    const { lines, guard } = await open();
    await store.writeFrom(address, catalogueText(hsm, changeLines(lines, change)), guard);
  });
}
