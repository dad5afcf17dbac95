/** The catalogue: for each key of an HSM its newest good backup. Derived; it can be rebuilt from the backups alone. */
import { z } from 'zod';
import { isWardenError, WardenError } from '../errors.ts';
import { lookUp } from '../look-up.ts';
import { BackupRecord } from '../model/backup-record.ts';
import type { StateStore, StoredBackup } from '../ports.ts';

/** The newest good backup of one key. */
const CatalogueEntry = z.strictObject({
  blob: z.string().min(1),
  versionId: z.string().exactOptional(),
  storedAt: z.int().nonnegative(),
  record: BackupRecord,
});
export type CatalogueEntry = z.infer<typeof CatalogueEntry>;

const Catalogue = z.strictObject({
  format: z.literal(1),
  hsm: z.string(),
  keys: z.record(z.string(), CatalogueEntry),
});
export type Catalogue = z.infer<typeof Catalogue>;

/** A catalogue that knows no key. */
export function emptyCatalogue(hsm: string): Catalogue {
  return { format: 1, hsm, keys: {} };
}

/**
 * The catalogue with `backups` taken in: per key the one captured last stays, whatever the order or the repeats.
 * So two writers can merge their work in any order and come to the same catalogue.
 */
export function mergeBackups(catalogue: Catalogue, backups: Iterable<StoredBackup>): Catalogue {
  const keys = { ...catalogue.keys };
  for (const backup of backups) {
    const known = lookUp(keys, backup.record.key);
    if (known === undefined || isNewer(backup, known)) keys[backup.record.key] = backup;
  }
  return { ...catalogue, keys };
}

function isNewer(a: CatalogueEntry, b: CatalogueEntry): boolean {
  if (a.record.capturedAt !== b.record.capturedAt) return a.record.capturedAt > b.record.capturedAt;
  return a.blob > b.blob;
}

/** Reads the catalogue of an HSM; an HSM without one has an empty one. Fails with `state-corrupt`, or a storage code. */
export async function readCatalogue(
  store: StateStore,
  hsm: string,
  signal?: AbortSignal,
): Promise<Catalogue> {
  return (await load(store, hsm, signal)).catalogue;
}

/**
 * Merges `backups` into the stored catalogue, reading it anew when somebody else wrote meanwhile.
 * Fails with `state-corrupt`, `state-conflict` after many conflicts, or a storage code.
 */
export async function saveBackups(
  store: StateStore,
  hsm: string,
  backups: readonly StoredBackup[],
): Promise<Catalogue> {
  return changeCatalogue(store, hsm, (catalogue) => mergeBackups(catalogue, backups));
}

/**
 * Takes the damaged backup `blob` of `key` out of the stored catalogue, for the newest good one there is, if any.
 * A catalogue that knows a newer backup stays as it is. Fails as {@link saveBackups}.
 */
export async function dropDamaged(
  store: StateStore,
  hsm: string,
  damaged: { readonly key: string; readonly blob: string },
  newestGood: StoredBackup | undefined,
): Promise<void> {
  await changeCatalogue(store, hsm, (catalogue) => {
    if (lookUp(catalogue.keys, damaged.key)?.blob !== damaged.blob) return catalogue;
    const others = Object.entries(catalogue.keys).filter(([key]) => key !== damaged.key);
    const kept = { ...catalogue, keys: Object.fromEntries(others) };
    return newestGood === undefined ? kept : mergeBackups(kept, [newestGood]);
  });
}

async function changeCatalogue(
  store: StateStore,
  hsm: string,
  change: (catalogue: Catalogue) => Catalogue,
): Promise<Catalogue> {
  const attempts = 8;
  for (let attempt = 1; ; attempt += 1) {
    const { catalogue, guard } = await load(store, hsm);
    const changed = change(catalogue);
    if (changed === catalogue) return catalogue;
    try {
      await store.write({ kind: 'catalogue', hsm }, JSON.stringify(changed), guard);
      return changed;
    } catch (error) {
      if (!isWardenError(error, 'state-conflict') || attempt === attempts) throw error;
    }
  }
}

async function load(store: StateStore, hsm: string, signal?: AbortSignal) {
  const document = await store.read({ kind: 'catalogue', hsm }, signal);
  if (document === undefined) return { catalogue: emptyCatalogue(hsm), guard: 'absent' as const };
  return { catalogue: parseCatalogue(document.text, hsm), guard: { etag: document.etag } };
}

function parseCatalogue(text: string, hsm: string): Catalogue {
  let parsed: ReturnType<typeof Catalogue.safeParse>;
  try {
    parsed = Catalogue.safeParse(JSON.parse(text));
  } catch (cause) {
    throw corrupt(hsm, cause);
  }
  if (!parsed.success) throw corrupt(hsm, parsed.error);
  return parsed.data;
}

function corrupt(hsm: string, cause: unknown): WardenError {
  return new WardenError('state-corrupt', {
    message: `The backup catalogue of HSM ${hsm} cannot be read.`,
    advice: 'The backups themselves are not affected; rebuild the catalogue from them.',
    hsm,
    cause,
  });
}
