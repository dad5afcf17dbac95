/** Changes the stored catalogue of an HSM, whoever else changes it at the same time. */
import { isWardenError } from '../errors.ts';
import type { StateStore } from '../ports.ts';
import { isNewer } from './catalogue.ts';
import { type CatalogueEntry, catalogueLine, catalogueText, linesOf, parseLine } from './catalogue-text.ts';
import type { Batches, KeyLine } from './key-lines.ts';

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
  const taken = (line: KeyLine) => {
    const backup = newest.get(line.key);
    return backup !== undefined && isNewer(backup, parseLine(line, hsm)) ? catalogueLine(backup) : line.line;
  };
  await changeLines(store, hsm, async function* (batches) {
    const added = new Map(newest);
    for await (const lines of batches) {
      yield lines.map(taken);
      for (const { key } of lines) added.delete(key);
    }
    yield [...added.values()].map(catalogueLine);
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
  const left = (line: KeyLine) => {
    const exchange = byKey.get(line.key);
    if (exchange === undefined || parseLine(line, hsm).blob !== exchange.blob) return [line.line];
    return exchange.replacement === undefined ? [] : [catalogueLine(exchange.replacement)];
  };
  await changeLines(store, hsm, async function* (batches) {
    for await (const lines of batches) yield lines.flatMap(left);
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

async function changeLines(
  store: StateStore,
  hsm: string,
  change: (lines: Batches<KeyLine>) => AsyncIterable<readonly string[]>,
): Promise<void> {
  const address = { kind: 'catalogue', hsm } as const;
  for (let attempt = 1; ; attempt += 1) {
    const document = await store.open(address);
    const lines = document === undefined ? [] : linesOf(document.text, hsm);
    const guard = document === undefined ? ('absent' as const) : { etag: document.etag };
    try {
      await store.writeFrom(address, catalogueText(hsm, change(lines)), guard);
      return;
    } catch (error) {
      if (!isWardenError(error, 'state-conflict') || attempt === ATTEMPTS) throw error;
    }
  }
}
