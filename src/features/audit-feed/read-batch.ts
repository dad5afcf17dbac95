/** Takes a batch of the audit log apart, in whatever envelope it comes. */
import { type AuditRecord, readAuditRecord } from './audit-record.ts';

/** The records of a batch, and how much of it was none. */
export interface AuditBatch {
  readonly records: readonly AuditRecord[];
  readonly malformed: number;
}

/**
 * Reads an array, an object with `records`, one record, or text that holds any of these, also one a line; and arrays of
 * them. What cannot be read is counted, never fatal: one bad record must not hold up the others.
 */
export function readAuditBatch(body: unknown): AuditBatch {
  const records: AuditRecord[] = [];
  let malformed = 0;
  for (const value of unwrap(body)) {
    const record = readAuditRecord(value);
    if (record === undefined) malformed += 1;
    else records.push(record);
  }
  return { records, malformed };
}

/** Envelopes within envelopes that are still opened: text in an array of text with `records` makes four. */
const MAX_DEPTH = 6;

function* unwrap(value: unknown, depth = 0): Generator<unknown> {
  if (depth > MAX_DEPTH) {
    yield undefined;
  } else if (Array.isArray(value)) {
    for (const item of value) yield* unwrap(item, depth + 1);
  } else if (value instanceof Uint8Array) {
    yield* unwrapText(new TextDecoder().decode(value), depth);
  } else if (typeof value === 'string') {
    yield* unwrapText(value, depth);
  } else if (
    typeof value === 'object' &&
    value !== null &&
    'records' in value &&
    Array.isArray(value.records)
  ) {
    yield* unwrap(value.records, depth + 1);
  } else {
    yield value;
  }
}

function* unwrapText(text: string, depth: number): Generator<unknown> {
  const whole = parse(text);
  if (whole !== undefined) {
    // A text within a text is no record: it is not unwrapped for ever.
    yield* typeof whole.value === 'string' ? [whole.value] : unwrap(whole.value, depth + 1);
    return;
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  for (const line of lines) {
    const parsed = parse(line);
    if (parsed === undefined || typeof parsed.value === 'string') yield undefined;
    else yield* unwrap(parsed.value, depth + 1);
  }
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
