import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  exchangeLines,
  headOf,
  joinLines,
  keyLine,
  keyLinesOf,
} from '../../../src/engine/backup/key-lines.ts';

const names = fc.stringMatching(/^[0-9A-Za-z-]{1,12}$/);
const facts = fc.dictionary(names, fc.jsonValue(), { maxKeys: 8, noNullPrototype: true });

function linesOf(known: Record<string, unknown>): string[] {
  return Object.entries(known).map(([key, fact]) => keyLine(key, fact));
}

describe('a document of lines', () => {
  test.prop([facts])('gives back the head and every line with its key', (known) => {
    const text = joinLines({ format: 2 }, linesOf(known));

    expect(headOf(text)).toBe('{"format":2}');
    expect([...keyLinesOf(text)]).toEqual(
      Object.entries(known).map(([key, fact]) => ({ key, line: keyLine(key, fact) })),
    );
  });

  test.prop([facts, facts])('exchanges the lines of changed keys, and no other', (known, changed) => {
    const text = joinLines({}, linesOf(known));
    const lines = new Map(Object.entries(changed).map(([key, fact]) => [key, keyLine(key, fact)]));

    const exchanged = exchangeLines(keyLinesOf(text), lines);

    expect(exchanged.toSorted()).toEqual(linesOf({ ...known, ...changed }).toSorted());
  });

  it.each([
    ['empty', ''],
    ['cut off in its last line', joinLines({}, [keyLine('a', 1)]).slice(0, -1)],
    ['with a line without a key', joinLines({}, ['{"a":1}'])],
    ['with a key that no HSM takes', joinLines({}, ['["a_b",1]'])],
    ['with two lines of one key', joinLines({}, [keyLine('a', 1), keyLine('a', 2)])],
    ['with an empty line', joinLines({}, ['', keyLine('a', 1)])],
  ])('%s is refused', (_case, text) => {
    expect(() => [...keyLinesOf(text)]).toThrow();
  });
});
