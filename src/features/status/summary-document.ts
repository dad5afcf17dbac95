/**
 * The summary of an HSM that each scan leaves behind: a head with the verdict, and a line for each key. People look at it as often
 * as they like, and no HSM is listed for them.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError, WardenError } from '../../core/errors.ts';
import type { Dated } from '../../core/seal/dated-seals.ts';
import { Seal } from '../../core/seal/seal.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { keyLine, openLines } from '../recovery-points/key-lines.ts';
import { COVERAGES } from '../watch/model/events.ts';

const Time = z.int().nonnegative();
const Count = z.int().nonnegative();

const Risk = z.strictObject({ key: z.string(), risk: z.string(), detail: z.string() });
const Loss = {
  lost: z.enum(['key', 'newest-version']),
  finding: z.string().exactOptional(),
  noticedAt: Time.exactOptional(),
};
const Lost = z.strictObject({ key: z.string(), ...Loss });
const Deleted = z.strictObject({
  key: z.string(),
  deletedAt: Time,
  purgeAt: Time,
  coverage: z.enum(COVERAGES),
  versionsCovered: Count,
  versionsKnown: Count,
  deletedBy: z.string().exactOptional(),
});

/** The head. Times are epoch milliseconds. Lists are bounded; their counts are not. */
export const SummaryHead = z.strictObject({
  format: z.literal(1),
  hsm: z.string(),
  judgedAt: Time,
  /** After this the next scan should have been there: what the head says is then not known to hold any more. */
  staleAfter: Time,
  /** The first scan of the HSM. */
  watchingSince: Time.exactOptional(),
  counts: z.strictObject({
    active: Count,
    covered: Count,
    excluded: Count,
    deleted: Count,
    restorable: Count,
    risks: Count,
    lost: Count,
  }),
  risks: z.array(Risk),
  lost: z.array(Lost),
  deleted: z.array(Deleted),
  oldestBackupAt: Time.exactOptional(),
  /** Keys by what drills have proven of their newest recovery points; absent where the results could not be read. */
  drills: z
    .strictObject({
      proven: Count,
      metadataOnly: Count,
      earlier: Count,
      undrilled: Count,
      failed: Count,
      blocked: Count,
      overdue: Count,
      lastAt: Time.exactOptional(),
      oldestProofAt: Time.exactOptional(),
    })
    .exactOptional(),
  /** Damaged backups that were known, so that later ones are seen to be news; heads of before name none of them. */
  damaged: Count,
  damagedMarks: z.array(z.string()).exactOptional(),
  warnings: z.array(z.string()),
  /** SHA-256 of all that follows the head, lower-case hex. */
  linesSha256: z.string(),
  /** Over all of the head but itself; absent where nothing is sealed or the key was out of reach. */
  seal: Seal.exactOptional(),
});
export type SummaryHead = z.infer<typeof SummaryHead>;

/** What is sealed of a head: all but the seal. */
export function datedSummary({ seal: _seal, ...facts }: SummaryHead): Dated {
  return { purpose: 'summary', hsm: facts.hsm, facts };
}

/** What the summary says of one key. */
export const KeySummary = z.strictObject({
  state: z.enum(['active', 'deleted', 'purged', 'restorable']),
  word: z.enum(['safe', 'excluded', 'at-risk', 'lost']),
  risk: z.string().exactOptional(),
  detail: z.string().exactOptional(),
  coverage: z.enum(COVERAGES),
  versionsCovered: Count,
  versionsKnown: Count,
  backupAt: Time.exactOptional(),
  backup: z.string().exactOptional(),
  createdAt: Time.exactOptional(),
  deletedAt: Time.exactOptional(),
  purgeAt: Time.exactOptional(),
  deletedBy: z.string().exactOptional(),
  /** Of a key of this name that was purged. While one of the name is there, all else is said of that one. */
  loss: z.strictObject(Loss).exactOptional(),
});
export type KeySummary = z.infer<typeof KeySummary>;

/** A summary read whole. */
export interface HsmSummary {
  readonly head: SummaryHead;
  readonly keys: ReadonlyMap<string, KeySummary>;
}

/** The lines of the keys, as one text, with their hash. */
export function summaryLines(keys: Iterable<readonly [string, KeySummary]>) {
  const text = [...keys].map(([key, fact]) => `${keyLine(key, fact)}\n`).join('');
  return { text, sha256: sha256Hex(text) };
}

/** Reads the head alone, with the document's tag; undefined before the first scan. Fails with `state-corrupt` or a storage code. */
export async function readSummaryHead(
  store: DocumentStore,
  hsm: string,
  signal?: AbortSignal,
): Promise<{ readonly head: SummaryHead; readonly etag: string } | undefined> {
  const document = await store.open({ kind: 'summary', hsm }, signal);
  if (document === undefined) return undefined;
  const { head, lines } = await open(document.text, hsm);
  // Nobody reads on: what the text comes from is closed.
  await lines[Symbol.asyncIterator]().return?.();
  return { head, etag: document.etag };
}

/** The tag of the stored summary, by which the next is written, with its head where that can be read; undefined where there is none. Fails with a storage code. */
export async function readFormerHead(
  store: DocumentStore,
  hsm: string,
  signal?: AbortSignal,
): Promise<{ readonly head?: SummaryHead; readonly etag: string } | undefined> {
  const document = await store.open({ kind: 'summary', hsm }, signal);
  if (document === undefined) return undefined;
  const { etag } = document;
  try {
    const { head, lines } = await open(document.text, hsm);
    await lines[Symbol.asyncIterator]().return?.();
    return { head, etag };
  } catch (error) {
    if (!isWardenError(error, 'state-corrupt')) throw error;
    return { etag };
  }
}

/** Reads a summary whole. Its lines are proven to be those of its head. Fails with `state-corrupt` or a storage code. */
export async function readSummary(
  store: DocumentStore,
  hsm: string,
  signal?: AbortSignal,
): Promise<HsmSummary | undefined> {
  const document = await store.open({ kind: 'summary', hsm }, signal);
  if (document === undefined) return undefined;
  const { head, lines } = await open(document.text, hsm);
  const keys = new Map<string, KeySummary>();
  const hash = createHash('sha256');
  for await (const batch of lines) {
    for (const { key, line } of batch) {
      hash.update(`${line}\n`);
      keys.set(key, parseLine(line, hsm));
    }
  }
  if (hash.digest('hex') !== head.linesSha256)
    throw corrupt(hsm, new Error('its lines are not those of its head'));
  return { head, keys };
}

function open(text: AsyncIterable<string>, hsm: string) {
  const readHead = (line: string) => {
    const head = SummaryHead.parse(JSON.parse(line));
    if (head.hsm !== hsm) throw new Error(`it is of ${head.hsm}`);
    return head;
  };
  return openLines(text, readHead, (cause) => corrupt(hsm, cause));
}

const Line = z.tuple([z.string(), KeySummary]);

function parseLine(line: string, hsm: string): KeySummary {
  try {
    return Line.parse(JSON.parse(line))[1];
  } catch (cause) {
    throw corrupt(hsm, cause);
  }
}

function corrupt(hsm: string, cause: unknown): WardenError {
  return new WardenError('state-corrupt', {
    message: `The summary of HSM ${hsm} cannot be read.`,
    advice: 'Delete it: the next scan writes it again.',
    hsm,
    cause,
  });
}
