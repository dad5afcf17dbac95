/** Changes the stored catalogue of an HSM, whoever else changes it at the same time. */
import { isWardenError } from '../errors.ts';
import type { StateStore } from '../ports.ts';
import { isNewer } from './catalogue.ts';
import { type CatalogueEntry, catalogueLine, catalogueText, linesOf, parseLine } from './catalogue-text.ts';
import { exchangeLines, type KeyLine } from './key-lines.ts';

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
  await changeLines(store, hsm, (lines) => mergeLines(lines, hsm, backups));
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
  await changeLines(store, hsm, (lines) => {
    const kept: string[] = [];
    let changed = false;
    for (const line of lines) {
      const exchange = byKey.get(line.key);
      if (exchange === undefined || parseLine(line, hsm).blob !== exchange.blob) kept.push(line.line);
      else {
        changed = true;
        if (exchange.replacement !== undefined) kept.push(catalogueLine(exchange.replacement));
      }
    }
    return changed ? kept : undefined;
  });
}

/** The lines with `backups` taken in; undefined when they were all known. */
function mergeLines(
  lines: Iterable<KeyLine>,
  hsm: string,
  backups: readonly CatalogueEntry[],
): string[] | undefined {
  const ours = new Map<string, CatalogueEntry>();
  for (const backup of backups) {
    const other = ours.get(backup.record.key);
    if (other === undefined || isNewer(backup, other)) ours.set(backup.record.key, backup);
  }
  const known = [...lines];
  for (const line of known) {
    const backup = ours.get(line.key);
    if (backup !== undefined && !isNewer(backup, parseLine(line, hsm))) ours.delete(line.key);
  }
  if (ours.size === 0) return undefined;
  return exchangeLines(known, new Map([...ours].map(([key, backup]) => [key, catalogueLine(backup)])));
}

async function changeLines(
  store: StateStore,
  hsm: string,
  change: (lines: Iterable<KeyLine>) => readonly string[] | undefined,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const document = await store.read({ kind: 'catalogue', hsm });
    const changed = change(document === undefined ? [] : linesOf(document.text, hsm));
    if (changed === undefined) return;
    const guard = document === undefined ? ('absent' as const) : { etag: document.etag };
    try {
      await store.write({ kind: 'catalogue', hsm }, catalogueText(hsm, changed), guard);
      return;
    } catch (error) {
      if (!isWardenError(error, 'state-conflict') || attempt === ATTEMPTS) throw error;
    }
  }
}
