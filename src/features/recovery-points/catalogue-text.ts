/** The text of a catalogue: a head that says whose it is, and the newest good backup of each key. */

import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import { WardenError } from '../../core/errors.ts';
import { BackupRecord } from '../../core/model/backup-record.ts';
import { type Batches, type KeyLine, keyLine, openLines, textOfLines } from './key-lines.ts';

/** The newest good backup of one key. */
const CatalogueEntry = z.strictObject({
  blob: z.string().min(1),
  versionId: z.string().exactOptional(),
  storedAt: z.int().nonnegative(),
  record: BackupRecord,
});
export type CatalogueEntry = z.infer<typeof CatalogueEntry>;

const Line = z.tuple([z.string(), CatalogueEntry]);

function head(hsm: string) {
  return { format: 2, hsm };
}

/** The text of a catalogue of `hsm` with these lines. */
export function catalogueText(hsm: string, lines: Batches<string>): AsyncGenerator<string> {
  return textOfLines(head(hsm), lines);
}

/** The line of a key's newest backup. */
export function catalogueLine({ blob, versionId, storedAt, record }: CatalogueEntry): string {
  return keyLine(record.key, { blob, ...definedOnly({ versionId }), storedAt, record });
}

/**
 * The lines of a catalogue in batches, each with its key. Fails with `state-corrupt` when it is not one of `hsm`, or ends within a
 * line, and with what reading the text fails with.
 */
export async function* linesOf(text: AsyncIterable<string>, hsm: string): AsyncGenerator<readonly KeyLine[]> {
  const readHead = (line: string) => {
    if (line !== JSON.stringify(head(hsm))) throw new Error('not the head of its catalogue');
  };
  yield* (await openLines(text, readHead, (cause) => corrupt(hsm, cause))).lines;
}

/** Reads one line. Fails with `state-corrupt`. */
export function parseLine({ key, line }: KeyLine, hsm: string): CatalogueEntry {
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
