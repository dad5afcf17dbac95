/** Canonical JSON after RFC 8785: one text for one value, so that a digest over it means the same to everybody. */
import { sha256Hex } from './sha256.ts';

/** What JSON can hold. A member that is `undefined` does not count, as in `JSON.stringify`. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [member: string]: Json | undefined };

/**
 * The canonical text: members sorted by UTF-16 code units, no white space, numbers and strings as ECMAScript writes them
 * (RFC 8785 section 3.2). Throws a TypeError for what I-JSON cannot hold: a lone surrogate or a number that is not finite.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TypeError('expected a finite number');
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value)
    .filter((member): member is [string, Json] => member[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${canonicalString(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** Lower-case hex SHA-256 of the canonical text in UTF-8. */
export function canonicalDigest(value: Json): string {
  return sha256Hex(canonicalJson(value));
}

function canonicalString(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('expected well-formed Unicode, found a lone surrogate');
  return JSON.stringify(text);
}

/** `Array.isArray` does not narrow a readonly array. */
function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
