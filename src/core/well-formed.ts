/** JSON from outside, made so that whatever comes of it can be written, hashed and sealed: half a character becomes U+FFFD. */
import { z } from 'zod';
import type { Json } from './canonical-json.ts';

/** The first half of a surrogate pair, or the second one, as JSON escapes it. */
const ESCAPED_HALF = /\\u[dD][89a-fA-F]/;

/** Reads JSON text; every string in it, names of members included, is well-formed Unicode. Throws a SyntaxError as `JSON.parse` does. */
export function parseWellFormed(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // Hardly any text has one, and documents have megabytes.
  return ESCAPED_HALF.test(text) || !text.isWellFormed() ? toWellFormed(value) : value;
}

/** What JSON holds of `value`, well-formed. */
export function wellFormedJson(value: object): Json {
  return z.json().parse(toWellFormed(JSON.parse(JSON.stringify(value))));
}

/** A copy of what `JSON.parse` may return, or of what JSON can hold, in which every string is well-formed. */
export function toWellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(toWellFormed);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.toWellFormed(), toWellFormed(member)]),
  );
}
