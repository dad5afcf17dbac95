/** Points in time within sentences of the API. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { piecesOf } from '../../src/console/words/time.ts';

const AT = Date.UTC(2026, 10, 24, 2);

describe('a sentence', () => {
  it.each([
    ['A backup was due 2026-11-24T02:00:00.000Z.', ['A backup was due ', AT, '.']],
    ['2026-11-24T02:00:00Z', [AT]],
    ['It was at 2026-11-24T02:00Z (3 min before), c3', ['It was at ', AT, ' (3 min before), c3']],
    [
      'From 2026-11-24T02:00:00.000Z, until 2026-11-24T02:00:01.500Z: late',
      ['From ', AT, ', until ', AT + 1500, ': late'],
    ],
    ['', []],
    ['No time stands here.', ['No time stands here.']],
  ])('%j is cut where a time stands', (text, pieces) => {
    expect(piecesOf(text)).toEqual(pieces);
  });

  it.each([
    ['a day alone', 'It was on 2026-11-24.'],
    ['a time without its zone', 'It was at 2026-11-24T02:00:00.'],
    ['a day that no month has', 'It was at 2026-11-99T02:00:00Z.'],
    ['the name of a run', 'Run 20261124T020000Z-nightly has ended.'],
    ['a part of a path', 'contoso/orders/2026-11-24T02:00:00Z is damaged.'],
    ['a part of a name', 'report-2026-11-24T02:00:00Z is there.'],
    ['the beginning of a name', 'Key 2026-11-24T02:00:00Z-old is there.'],
  ])('keeps %s as words', (_, text) => {
    expect(piecesOf(text)).toEqual([text]);
  });

  it('loses none of its words, and no time in it changes', () => {
    const part = fc.oneof(fc.string(), fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(AT) }));
    const holds = fc.property(fc.array(part), (parts) => {
      const text = parts.map((one) => (typeof one === 'string' ? one : one.toISOString())).join(' ');
      const pieces = piecesOf(text);
      const again = pieces.map((piece) =>
        typeof piece === 'string' ? piece : new Date(piece).toISOString(),
      );
      expect(again.join('')).toBe(text);
    });
    fc.assert(holds, { seed: 20261124 });
  });
});
