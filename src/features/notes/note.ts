/** A note of what was found: written once beside the backups and sealed, so that nobody who can write the state makes it forgotten. */
import { z } from 'zod';
import { KeyName } from '../../core/model/names.ts';
import type { Dated } from '../../core/seal/dated-seals.ts';
import { Seal } from '../../core/seal/seal.ts';

/** Epoch milliseconds. */
const Time = z.int().nonnegative();

/** A purge that no backup makes good. */
const LossFacts = z.strictObject({
  kind: z.literal('loss'),
  key: KeyName,
  lost: z.enum(['key', 'newest-version']),
  noticedAt: Time,
});
export type LossFacts = z.infer<typeof LossFacts>;

/** A backup that reads back otherwise than it was stored, or, of one of which that was noted, that it reads back well again. */
const BackupFacts = z.strictObject({
  kind: z.enum(['damage', 'sound']),
  blob: z.string().min(1).max(1024),
  noticedAt: Time,
});
type BackupFacts = z.infer<typeof BackupFacts>;

export type NoteFacts = LossFacts | BackupFacts;

const stored = { format: z.literal(1), hsm: z.string(), seal: Seal };
const Note = z.discriminatedUnion('kind', [LossFacts.extend(stored), BackupFacts.extend(stored)]);
export type Note = z.infer<typeof Note>;

/** The note that a text holds; undefined where it holds none of a format that is known. */
export function parseNote(text: string): Note | undefined {
  try {
    return Note.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What its seal is over. The name of the HSM is not: what seals name it by stands for it. */
export function datedNote(hsm: string, facts: NoteFacts): Dated {
  return { purpose: 'finding', hsm, facts: { format: 1, ...facts } };
}

/** The facts of a stored note. */
export function factsOf({ format: _format, hsm: _hsm, seal: _seal, ...facts }: Note): NoteFacts {
  return facts;
}
