/** Canonical JSON against RFC 8785's own rules, and the digest against change. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/canonical-json.ts';
import { requestDigest } from '../../src/features/recovery/model/digest.ts';
import type { RecoveryRecord } from '../../src/features/recovery/model/record.ts';
import { anOperation, aRequest } from '../support/recovery-builders.ts';

describe('canonicalJson', () => {
  it.each([
    { value: { b: 1, a: [true, null, 'x'] }, text: '{"a":[true,null,"x"],"b":1}' },
    {
      value: { '\u20ac': 1, '\r': 2, '\u{1f600}': 3, '\ufb33': 4 },
      text: '{"\\r":2,"\u20ac":1,"\u{1f600}":3,"\ufb33":4}',
    },
    { value: [1e30, 4.5, 2e-3, 1e-27, -0], text: '[1e+30,4.5,0.002,1e-27,0]' },
    { value: { a: undefined, b: '\u000f\n"\\' }, text: '{"b":"\\u000f\\n\\"\\\\"}' },
  ])('writes $text', ({ value, text }) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each([['\ud800'], [Number.NaN], [Number.POSITIVE_INFINITY]])('refuses %s', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  test.prop([fc.dictionary(fc.string({ unit: 'binary' }), fc.integer())])(
    'does not depend on the order of members',
    (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());

      expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(value);
    },
  );
});

describe('requestDigest', () => {
  const backup = { blob: 'b', sha256: '1'.repeat(64), capturedAt: 1 };
  const base = { ...aRequest(), operation: anOperation({ action: 'restore', backup }) };

  it.each<[string, Partial<RecoveryRecord>]>([
    ['hsm', { operation: { ...base.operation, hsm: 'other' } }],
    ['target', { operation: { ...base.operation, target: 'other' } }],
    ['key', { operation: { ...base.operation, key: 'other' } }],
    ['action', { operation: anOperation() }],
    ['deletion', { operation: { ...base.operation, deletedAt: 1 } }],
    ['blob', { operation: { ...base.operation, backup: { ...backup, blob: 'c' } } }],
    ['hash', { operation: { ...base.operation, backup: { ...backup, sha256: '2'.repeat(64) } } }],
    ['version id', { operation: { ...base.operation, backup: { ...backup, versionId: 'v' } } }],
    ['requester', { requester: { ...base.requester, id: 'other' } }],
    ['kind of requester', { requester: { ...base.requester, kind: 'webhook' } }],
    ['reason', { reason: 'other' }],
    ['approvals', { rule: { ...base.rule, approvals: 3 } }],
    ['groups', { rule: { ...base.rule, groups: ['g'] } }],
    ['expiry', { expiresAt: base.expiresAt + 1 }],
    ['id', { id: 'z'.repeat(26) }],
  ])('changes with the %s', (_, change) => {
    expect(requestDigest({ ...base, ...change })).not.toBe(requestDigest(base));
  });

  it('does not change with what people only read', () => {
    expect(requestDigest({ ...base, requester: { ...base.requester, name: 'new name' } })).toBe(
      requestDigest(base),
    );
  });
});
