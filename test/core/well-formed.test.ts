/** Text from outside may hold half a character; what is made of it can be written, hashed and sealed all the same. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/canonical-json.ts';
import { parseWellFormed, toWellFormed, wellFormedJson } from '../../src/core/well-formed.ts';

describe('JSON with half a character', () => {
  it.each([
    { name: 'escaped in a value', text: String.raw`{"a":["x\ud83d"]}`, is: { a: ['x\ufffd'] } },
    { name: 'escaped in capitals', text: String.raw`{"a":"\uDE00x"}`, is: { a: '\ufffdx' } },
    { name: 'escaped in a name', text: String.raw`{"\ud83d":1}`, is: { '\ufffd': 1 } },
    { name: 'as it is', text: '"\ud83d"', is: '\ufffd' },
  ])('$name is read with U+FFFD in its place', ({ text, is }) => {
    expect(parseWellFormed(text)).toEqual(is);
  });

  it.each([
    { name: 'a whole character', text: String.raw`{"a":"\ud83d\ude00"}`, is: { a: '\u{1f600}' } },
    { name: 'an escaped backslash', text: String.raw`{"a":"\\ud83d"}`, is: { a: String.raw`\ud83d` } },
  ])('is not $name', ({ text, is }) => {
    expect(parseWellFormed(text)).toEqual(is);
  });

  it('keeps a member of any name its own', () => {
    const read = parseWellFormed(String.raw`{"__proto__":{"a":"\ud83d"}}`);

    expect(JSON.stringify(read)).toBe('{"__proto__":{"a":"\ufffd"}}');
  });

  it('that is none fails as before', () => {
    expect(() => parseWellFormed('{')).toThrow(SyntaxError);
  });
});

/** Of code units, so that halves are among them. */
const halves = fc
  .array(fc.integer({ min: 0xd700, max: 0xe000 }))
  .map((units) => String.fromCharCode(...units));

test.prop([fc.dictionary(halves, fc.oneof(halves, fc.array(halves)))], {
  seed: 14,
  numRuns: 300,
})('whatever is made well-formed has a canonical text', (value) => {
  expect(() => canonicalJson(wellFormedJson(value))).not.toThrow();
  expect(toWellFormed(toWellFormed(value))).toEqual(toWellFormed(value));
});
