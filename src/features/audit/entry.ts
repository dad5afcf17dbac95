/** One line of the audit log, chained to the line before by its hash. */
import { z } from 'zod';
import { canonicalDigest, canonicalJson } from '../../core/canonical-json.ts';
import { cutText } from '../../core/model/plain-text.ts';
import { Seal } from '../../core/seal/seal.ts';
import { toWellFormed } from '../../core/well-formed.ts';

/** A line must fit into what is read from the end of a part. */
const LONGEST_DETAIL = 4_000;
const Hash = z.string().regex(/^[0-9a-f]{64}$/);

/** The event of the last line of a part that was followed by another. */
export const SEAL = 'part-sealed';

/** The hash that the very first line is chained to. */
const GENESIS = '0'.repeat(64);

/** What is to be noted. Never tokens, signatures, backups or secrets. */
export const AuditEvent = z.strictObject({
  /** What happened, e.g. `recovery-approved` or `access-refused`. */
  event: z.string().regex(/^[a-z][a-z-]{1,60}$/),
  actor: z.strictObject({ kind: z.string(), id: z.string(), name: z.string() }),
  decision: z.enum(['allowed', 'refused', 'noted']),
  /** The same for one fact reported twice, so that a repeated line is known for what it is. */
  factId: z.string().exactOptional(),
  recoveryId: z.string().exactOptional(),
  hsm: z.string().exactOptional(),
  key: z.string().exactOptional(),
  digest: z.string().exactOptional(),
  /** Of an approval: the groups it counts for. */
  groups: z.array(z.string()).exactOptional(),
  /** Of an HSM that is to be protected: where it is. */
  address: z.string().exactOptional(),
  /** An error code, where one decided. */
  code: z.string().exactOptional(),
  detail: z.string().exactOptional(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

/** A line as stored. `at` is the storage service's time, epoch milliseconds; `occurredAt` the app's. */
export const AuditEntry = AuditEvent.extend({
  /** 2 with a seal, 1 without. */
  format: z.union([z.literal(1), z.literal(2)]),
  seq: z.int().positive(),
  at: z.int().nonnegative(),
  occurredAt: z.int().nonnegative(),
  prev: Hash,
  /** Of a line with a seal: the resource of its HSM when it was sealed. The settings may name another by now, or none. */
  resource: z.string().exactOptional(),
  /** Of a decision, where decisions are sealed: over everything else but the hash. */
  seal: Seal.exactOptional(),
  hash: Hash,
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** A line before it is sealed and hashed. */
export type LineBody = Omit<AuditEntry, 'seal' | 'hash'>;

/** Where the chain stands: its last line. */
export interface ChainTip {
  readonly seq: number;
  readonly hash: string;
}

/** Before the first line. */
export const EMPTY_CHAIN: ChainTip = { seq: 0, hash: GENESIS };

/** The line that follows `tip`; `sealed` when it is to get a seal. */
export function lineBody(
  tip: ChainTip,
  event: AuditEvent,
  at: number,
  occurredAt: number,
  sealed: boolean,
): LineBody {
  return { ...event, format: sealed ? 2 : 1, seq: tip.seq + 1, at, occurredAt, prev: tip.hash };
}

/** The line with its seal, if it has one, and its hash. */
export function entryOf(line: LineBody, seal?: Seal): AuditEntry {
  const body = seal === undefined ? line : { ...line, seal };
  return { ...body, hash: canonicalDigest(body) };
}

/** The line that follows `tip`, without a seal. */
export function chainEntry(tip: ChainTip, event: AuditEvent, at: number, occurredAt: number): AuditEntry {
  return entryOf(lineBody(tip, event, at, occurredAt, false));
}

/** The line as text, with its line end. Canonical, so that the text itself can be compared. */
export function entryLine(entry: AuditEntry): string {
  return `${canonicalJson(entry)}\n`;
}

/** Whether the hash of an entry is that of its content. */
export function isIntact(entry: AuditEntry): boolean {
  const { hash, ...body } = entry;
  return canonicalDigest(body) === hash;
}

/** Reads a line (with or without its end); undefined when it is no entry in canonical form. */
export function parseEntry(line: string): AuditEntry | undefined {
  const text = line.endsWith('\n') ? line.slice(0, -1) : line;
  try {
    const parsed = AuditEntry.safeParse(JSON.parse(text));
    if (!parsed.success || canonicalJson(parsed.data) !== text) return undefined;
    return (parsed.data.format === 2) === (parsed.data.seal !== undefined) ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a chain that ends with `tip` lacks the line of `seen`, or has another in its place. */
export function isBehind(tip: ChainTip, seen: ChainTip): boolean {
  return tip.seq < seen.seq || (tip.seq === seen.seq && tip.hash !== seen.hash);
}

/** Words of others (a refusal may quote them) are noted as they can be stored. */
export function storable(event: AuditEvent): AuditEvent {
  const noted = AuditEvent.parse(toWellFormed(event));
  return noted.detail === undefined ? noted : { ...noted, detail: cutText(noted.detail, LONGEST_DETAIL) };
}
