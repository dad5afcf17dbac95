/** The audit log's chain, verified by code of the checker's own. */
import { createHash } from 'node:crypto';

/** A line of the audit log, as far as the checker reads it. */
export interface AuditLine {
  readonly seq: number;
  readonly at: number;
  readonly event: string;
  readonly actor: { readonly kind: string; readonly id: string };
  readonly recoveryId?: string;
  readonly factId?: string;
  readonly digest?: string;
  readonly groups?: readonly string[];
}

const FIRST = '0'.repeat(64);

/** The lines of all parts, in order; what is no JSON is left to {@link chainProblems}. */
export function linesOf(parts: readonly string[]): readonly AuditLine[] {
  return parts.flatMap((text) =>
    text.split('\n').flatMap((line): AuditLine[] => {
      const read = parsed(line);
      return read === undefined ? [] : [read];
    }),
  );
}

/** What is wrong with the chain; its first fault only, since all that follows hangs on it. */
export function chainProblems(
  parts: readonly string[],
  end: { readonly seq: number; readonly hash: string } | undefined,
): readonly string[] {
  let tip = { seq: 0, hash: FIRST };
  for (const line of parts.flatMap((text) => text.split('\n').slice(0, -1))) {
    const entry = parsed(line);
    if (entry === undefined) return [`the line after ${tip.seq} of the audit log is no JSON`];
    const { hash, ...content } = entry;
    if (entry.seq !== tip.seq + 1 || entry.prev !== tip.hash) {
      return [`line ${entry.seq} of the audit log does not follow line ${tip.seq}`];
    }
    if (createHash('sha256').update(inOrder(content)).digest('hex') !== hash) {
      return [`line ${entry.seq} of the audit log is not what its hash says`];
    }
    if (end?.seq === entry.seq && end.hash !== hash)
      return [`line ${entry.seq} is not the one that was remembered`];
    tip = { seq: entry.seq, hash };
  }
  if (parts.some((text) => text !== '' && !text.endsWith('\n')))
    return ['a part of the audit log ends within a line'];
  if (end === undefined) return tip.seq === 0 ? [] : ['nothing remembers the end of the audit log'];
  return end.seq > tip.seq ? [`the audit log ends at line ${tip.seq}, and line ${end.seq} was written`] : [];
}

function parsed(line: string): (AuditLine & { readonly prev: string; readonly hash: string }) | undefined {
  try {
    return line === '' ? undefined : JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** JSON with the members of every object in the order of their names. */
function inOrder(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOrder).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${inOrder(Reflect.get(value, name))}`);
  return `{${members.join()}}`;
}
