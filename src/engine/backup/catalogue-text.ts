/**
 * The text of a catalogue: one line that says whose it is, then one line for each key. A sweep of thousands of keys saves its
 * progress often; so it exchanges the lines of the keys it backed up and leaves the others as they are, unread.
 */
import { z } from 'zod';
import { WardenError } from '../errors.ts';
import { BackupRecord } from '../model/backup-record.ts';

/** The newest good backup of one key. */
const CatalogueEntry = z.strictObject({
  blob: z.string().min(1),
  versionId: z.string().exactOptional(),
  storedAt: z.int().nonnegative(),
  record: BackupRecord,
});
export type CatalogueEntry = z.infer<typeof CatalogueEntry>;

/** One line: the key's name first, so that it can be told without reading the rest. */
const Line = z.tuple([z.string(), CatalogueEntry]);
const KEY_OF_LINE = /^\["([0-9A-Za-z-]{1,127})",/;

/** The line of one key, not read yet. */
export interface CatalogueLine {
  readonly key: string;
  readonly line: string;
}

function head(hsm: string): string {
  return JSON.stringify({ format: 2, hsm });
}

/** The text of a catalogue of `hsm` with these lines. */
export function catalogueText(hsm: string, lines: readonly string[]): string {
  // Joined at once: the text has megabytes, and each step on the way would be another copy of it.
  return [head(hsm), ...lines, ''].join('\n');
}

/** The line of a key's newest backup. */
export function catalogueLine({ blob, versionId, storedAt, record }: CatalogueEntry): string {
  return JSON.stringify([
    record.key,
    { blob, ...(versionId !== undefined && { versionId }), storedAt, record },
  ]);
}

/** The lines of a catalogue, each with its key. Fails with `state-corrupt` when it is not one of `hsm`, or is cut off. */
export function* linesOf(text: string, hsm: string): Generator<CatalogueLine> {
  const first = head(hsm);
  if (!text.startsWith(`${first}\n`) || !text.endsWith('\n')) throw corrupt(hsm, new Error('no catalogue'));
  const seen = new Set<string>();
  for (let from = first.length + 1; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end);
    const key = KEY_OF_LINE.exec(line)?.[1];
    if (key === undefined || seen.has(key)) throw corrupt(hsm, new Error('a line without a key of its own'));
    seen.add(key);
    yield { key, line };
    from = end + 1;
  }
}

/** Reads one line. Fails with `state-corrupt`. */
export function parseLine({ key, line }: CatalogueLine, hsm: string): CatalogueEntry {
  let entry: CatalogueEntry;
  try {
    [, entry] = Line.parse(JSON.parse(line));
  } catch (cause) {
    throw corrupt(hsm, cause);
  }
  if (entry.record.key !== key) throw corrupt(hsm, new Error(`the line of ${key} holds another key`));
  return entry;
}

function corrupt(hsm: string, cause: unknown): WardenError {
  return new WardenError('state-corrupt', {
    message: `The backup catalogue of HSM ${hsm} cannot be read.`,
    advice: 'The backups themselves are not affected; rebuild the catalogue from them.',
    hsm,
    cause,
  });
}
