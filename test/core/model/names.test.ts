/** Names of people as they are stored: whatever a directory lets them be called, a request with them can be read again. */
import { expect, it } from 'vitest';
import { canonicalJson } from '../../../src/core/canonical-json.ts';
import { storableName } from '../../../src/core/model/names.ts';

it.each([
  ['an emoji across the limit', `${'a'.repeat(199)}\u{1F511}`, 'a'.repeat(199)],
  ['an emoji just before the limit', `${'a'.repeat(198)}\u{1F511}b`, `${'a'.repeat(198)}\u{1F511}`],
  ['half an emoji', 'a\ud83d', 'a\ufffd'],
  ['an ordinary name', 'ada@contoso.com', 'ada@contoso.com'],
])('a name with %s is stored well-formed and no longer than 200', (_name, given, stored) => {
  expect(storableName(given, 'oid')).toBe(stored);
  expect(() => canonicalJson({ name: storableName(given, 'oid') })).not.toThrow();
});
