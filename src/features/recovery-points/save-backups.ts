/** Changes the stored catalogue of an HSM, whoever else changes it at the same time. */
import { isWardenError, WardenError } from '../../core/errors.ts';
import type { StateStore } from '../../core/ports.ts';
import { isNewer } from './catalogue.ts';
import { type CatalogueEntry, catalogueLine, catalogueText, linesOf, parseLine } from './catalogue-text.ts';
import { type Batches, changeLines, type KeyLine, type LineChange } from './key-lines.ts';

/** Each failed attempt means that another writer came through; so many do not meet over one HSM. */
const ATTEMPTS = 32;

/**
 * Merges `backups` into the stored catalogue, reading it anew when somebody else wrote meanwhile: per key the one captured
 * last stays. Fails with `state-corrupt`, `state-conflict` after many conflicts, or a storage code.
 */
export async function saveBackups(
  store: StateStore,
  hsm: string,
  backups: readonly CatalogueEntry[],
): Promise<void> {
  const newest = newestOf(backups);
  await changeCatalogue(store, hsm, {
    of(known) {
      const backup = newest.get(known.key);
      return backup !== undefined && isNewer(backup, parseLine(known, hsm))
        ? catalogueLine(backup)
        : known.line;
    },
    added: new Map([...newest].map(([key, backup]) => [key, catalogueLine(backup)])),
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
  store: StateStore,
  hsm: string,
  exchanges: readonly Exchange[],
): Promise<void> {
  const byKey = new Map(exchanges.map((exchange) => [exchange.key, exchange]));
  await changeCatalogue(store, hsm, {
    of(known) {
      const exchange = byKey.get(known.key);
      if (exchange === undefined || parseLine(known, hsm).blob !== exchange.blob) return known.line;
      return exchange.replacement === undefined ? undefined : catalogueLine(exchange.replacement);
    },
    added: new Map(),
  });
}

/** Of each key the backup captured last. */
function newestOf(backups: readonly CatalogueEntry[]): Map<string, CatalogueEntry> {
  const newest = new Map<string, CatalogueEntry>();
  for (const backup of backups) {
    const other = newest.get(backup.record.key);
    if (other === undefined || isNewer(backup, other)) newest.set(backup.record.key, backup);
  }
  return newest;
}

/** Ends a write at its last moment: when the text is read to its end, and only then, it is known that nothing is new. */
const NOTHING_NEW = new WardenError('aborted', { message: 'The catalogue knows all of it already.' });

async function changeCatalogue(store: StateStore, hsm: string, change: LineChange): Promise<void> {
  const address = { kind: 'catalogue', hsm } as const;
  for (let attempt = 1; ; attempt += 1) {
    const document = await store.open(address);
    const lines = document === undefined ? [] : linesOf(document.text, hsm);
    const guard = document === undefined ? ('absent' as const) : { etag: document.etag };
    try {
      await store.writeFrom(address, catalogueText(hsm, changed(lines, change)), guard);
      return;
    } catch (error) {
      if (error === NOTHING_NEW) return;
      if (!isWardenError(error, 'state-conflict') || attempt === ATTEMPTS) throw error;
    }
  }
}

async function* changed(batches: Batches<KeyLine>, change: LineChange): AsyncGenerator<readonly string[]> {
  const changes = yield* changeLines(batches, change);
  if (changes === 0) throw NOTHING_NEW;
}
