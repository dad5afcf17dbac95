/** One line of the audit log: what is an entry, and what is none. */
import { describe, expect, it } from 'vitest';
import {
  type AuditEvent,
  chainEntry,
  EMPTY_CHAIN,
  entryLine,
  entryOf,
  isBehind,
  isIntact,
  lineBody,
  parseEntry,
  storable,
} from '../../../src/features/audit/entry.ts';

const EVENT: AuditEvent = {
  event: 'recovery-approved',
  actor: { kind: 'person', id: 'bob', name: 'Bob' },
  decision: 'allowed',
};
const SIGNED = { format: 1 as const, keyId: 'k'.repeat(43), sealedAt: 0, signature: 's'.repeat(86) };
const ENTRY = chainEntry(EMPTY_CHAIN, EVENT, 5, 4);
const SEALED = entryOf(lineBody(EMPTY_CHAIN, EVENT, 5, 4, true), SIGNED);
const TEXT = entryLine(ENTRY).trimEnd();

describe('an entry', () => {
  it('follows the end of the chain, with a seal or without', () => {
    const { hash, ...body } = chainEntry(EMPTY_CHAIN, EVENT, 5, 4);

    expect(body).toStrictEqual({ ...EVENT, format: 1, seq: 1, at: 5, occurredAt: 4, prev: '0'.repeat(64) });
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(SEALED).toMatchObject({ format: 2, seq: 1, seal: SIGNED });
    expect([ENTRY, SEALED].map(isIntact)).toEqual([true, true]);
    expect(isIntact({ ...SEALED, seal: { ...SIGNED, sealedAt: 1 } })).toBe(false);
    expect(isIntact({ ...ENTRY, at: 6 })).toBe(false);
  });

  it('is read from its line as it was written', () => {
    for (const entry of [ENTRY, SEALED]) {
      expect(entryLine(entry).endsWith('}\n')).toBe(true);
      expect(parseEntry(entryLine(entry))).toStrictEqual(entry);
      expect(parseEntry(entryLine(entry).trimEnd())).toStrictEqual(entry);
    }
  });

  it.each([
    { name: 'no JSON', text: TEXT.slice(0, -1) },
    { name: 'no line', text: '' },
    { name: 'another JSON', text: '{}' },
    { name: 'written with a space', text: TEXT.replace('{', '{ ') },
    { name: 'written with a space at its end', text: `${TEXT} ` },
    { name: 'written with two ends', text: `${TEXT}\n\n` },
    { name: 'written in another order', text: JSON.stringify(ENTRY) },
    { name: 'more than an entry', text: TEXT.replace('{', '{"a":1,') },
    { name: 'said to be sealed, and is not', text: entryLine({ ...ENTRY, format: 2 }) },
    { name: 'said not to be sealed, and is', text: entryLine({ ...SEALED, format: 1 }) },
    { name: 'of no number', text: entryLine({ ...ENTRY, seq: 0 }) },
    { name: 'of another format', text: TEXT.replace('"format":1', '"format":3') },
  ])('is not what is $name', ({ text }) => {
    expect(parseEntry(text)).toBeUndefined();
  });

  it('is noted with a detail that fits', () => {
    expect(storable(EVENT)).toStrictEqual(EVENT);
    expect(storable({ ...EVENT, detail: 'short' }).detail).toBe('short');
    expect(storable({ ...EVENT, detail: 'x'.repeat(5_000) }).detail?.length).toBeLessThanOrEqual(4_000);
  });
});

describe('a chain', () => {
  const seen = { seq: 5, hash: 'a' };

  it.each([
    { name: 'that ends before it', tip: { seq: 4, hash: 'a' }, behind: true },
    { name: 'that ends with it', tip: seen, behind: false },
    { name: 'that ends with another line of its number', tip: { seq: 5, hash: 'b' }, behind: true },
    { name: 'that goes on', tip: { seq: 6, hash: 'b' }, behind: false },
  ])('$name is behind a line that was seen: $behind', ({ tip, behind }) => {
    expect(isBehind(tip, seen)).toBe(behind);
  });
});
