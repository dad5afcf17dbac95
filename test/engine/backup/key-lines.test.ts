import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { exchangeLines, keyLine, openLines, textOfLines } from '../../../src/engine/backup/key-lines.ts';
import { all, piecesOf, whole } from '../../support/pieces.ts';

const names = fc.stringMatching(/^[0-9A-Za-z-]{1,12}$/);
const facts = fc.dictionary(names, fc.jsonValue(), { maxKeys: 8, noNullPrototype: true });
const sizes = fc.integer({ min: 1, max: 40 });

function linesOf(known: Record<string, unknown>): string[] {
  return Object.entries(known).map(([key, fact]) => keyLine(key, fact));
}

function textOf(lines: readonly string[]): Promise<string> {
  return whole(textOfLines({ format: 2 }, [lines]));
}

const asIs = (line: string) => line;

describe('a document of lines', () => {
  test.prop([facts, sizes])(
    'gives back the head and every line with its key, wherever the text is cut',
    async (known, size) => {
      const text = await textOf(linesOf(known));

      const { head, lines } = await openLines(piecesOf(text, size), asIs);

      expect(head).toBe('{"format":2}');
      expect((await all(lines)).flat()).toEqual(
        Object.entries(known).map(([key, fact]) => ({ key, line: keyLine(key, fact) })),
      );
    },
  );

  test.prop([facts, facts, sizes])(
    'exchanges the lines of changed keys, and no other',
    async (known, changed, size) => {
      const text = await textOf(linesOf(known));
      const { lines } = await openLines(piecesOf(text, size), asIs);

      const exchanged = await all(
        exchangeLines(
          lines,
          new Map(Object.entries(changed).map(([key, fact]) => [key, keyLine(key, fact)])),
        ),
      );

      expect(exchanged.flat().toSorted()).toEqual(linesOf({ ...known, ...changed }).toSorted());
    },
  );

  it.each([
    ['empty', [], 0],
    ['cut off in its head', [], 3],
    ['cut off in its last line', [keyLine('a', 1)], -3],
    ['without its last line break', [keyLine('a', 1)], -1],
    ['with a line without a key', ['{"a":1}'], undefined],
    ['with a key that no HSM takes', ['["a_b",1]'], undefined],
    ['with two lines of one key', [keyLine('a', 1), keyLine('a', 2)], undefined],
    ['with an empty line', ['', keyLine('a', 1)], undefined],
  ])('%s is refused', async (_case, lines, end) => {
    const text = (await textOf(lines)).slice(0, end);

    await expect(openLines(piecesOf(text, 5), asIs).then((opened) => all(opened.lines))).rejects.toThrow();
  });

  describe('is closed', () => {
    /** A text of two pieces that notes its end. */
    function watched(firstLines: readonly string[]) {
      const state = { closed: false };
      async function* text(): AsyncGenerator<string> {
        try {
          yield await textOf(firstLines);
          yield '["z",1]\n';
        } finally {
          state.closed = true;
        }
      }
      return { state, text: text() };
    }

    it('when its head cannot be read', async () => {
      const { state, text } = watched([keyLine('a', 1)]);
      const refuse = () => {
        throw new Error('not this one');
      };

      await expect(openLines(text, refuse)).rejects.toThrow('not this one');
      expect(state.closed).toBe(true);
    });

    it('when its reader wants no more than the first lines', async () => {
      const { state, text } = watched([keyLine('a', 1)]);
      const { lines } = await openLines(text, asIs);

      for await (const _first of lines) break;

      expect(state.closed).toBe(true);
    });

    it('when the first lines cannot be read', async () => {
      const { state, text } = watched(['no line']);
      const { lines } = await openLines(text, asIs);

      await expect(all(lines)).rejects.toThrow('a line without a key');
      expect(state.closed).toBe(true);
    });
  });
});
