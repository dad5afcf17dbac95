/** Text from outside is what people can read as it is written. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/core/canonical-json.ts';
import { cutText, isBlank, isPlain, PlainText, visibleText } from '../../../src/core/model/plain-text.ts';

const HIDDEN = [
  ['a control character', '\u0000'],
  ['a line end', '\n'],
  ['a line separator', '\u2028'],
  ['a zero-width space', '\u200b'],
  ['a zero-width joiner', '\u200d'],
  ['a left-to-right mark', '\u200e'],
  ['a right-to-left mark', '\u200f'],
  ['an Arabic letter mark', '\u061c'],
  ['a right-to-left override', '\u202e'],
  ['an isolate', '\u2066'],
  ['a byte order mark', '\ufeff'],
  ['a soft hyphen', '\u00ad'],
  ['a braille blank', '\u2800'],
  ['a Hangul filler', '\u3164'],
  ['a half-width Hangul filler', '\uffa0'],
  ['a tag character', '\u{e0041}'],
  ['a lone variation selector', '\ufe0f'],
  ['a word joiner', '\u2060'],
  ['a private character', '\ue000'],
  ['a noncharacter', '\uffff'],
  ['the first half of an emoji', '\ud83d'],
  ['the second half of an emoji', '\ude00'],
] as const;

describe('text with', () => {
  it.each(HIDDEN)('%s is refused, and the rest of a name stays', (_name, character) => {
    expect(PlainText.safeParse(`lost${character}key`).success).toBe(false);
    expect(visibleText(`bob${character}by`, 200, 'nobody').replace('\ufffd', '')).toBe('bobby');
  });

  it.each(HIDDEN)('nothing but %s is blank to the eye', (_name, character) => {
    expect(PlainText.safeParse(character).success).toBe(false);
    expect(PlainText.safeParse(` ${character} `).success).toBe(false);
  });

  it.each(['', ' ', '\u00a0\u2003', '\u0301'])('nothing to read (%j) is refused', (text) => {
    expect(PlainText.safeParse(text).success).toBe(false);
    expect(isBlank(text)).toBe(true);
  });

  it.each([
    'lost key',
    'perdu à l’été',
    '鍵が消えた',
    'مفتاح',
    'ключ №5',
    'gone \u{1f600} \u2764\ufe0f 1\ufe0f\u20e3',
    'e\u0301',
  ])('ordinary words (%s) is taken as it is', (text) => {
    expect(PlainText.parse(text)).toBe(text);
  });
});

describe('a name', () => {
  it.each(['\u200b\u2800', '', '\u202e'])(
    'of which nothing can be seen (%j) is what stands for it',
    (text) => {
      expect(visibleText(text, 200, 'oid')).toBe('oid');
    },
  );

  test.prop([fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 1, max: 50 })], {
    seed: 14,
    numRuns: 500,
  })('is never longer than allowed, never half a character, and always storable', (text, most) => {
    for (const name of [cutText(text, most), visibleText(text, most, 'x')]) {
      expect(name.length).toBeLessThanOrEqual(most);
      expect(() => canonicalJson({ name })).not.toThrow();
    }
    expect(isPlain(visibleText(text, most, 'x'))).toBe(true);
  });

  it('is cut before an emoji that no longer fits', () => {
    expect(cutText('ab\u{1f600}', 3)).toBe('ab');
    expect(cutText('ab\u{1f600}', 4)).toBe('ab\u{1f600}');
  });
});
