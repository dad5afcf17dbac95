import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import {
  changeLines,
  changesAny,
  type KeyLine,
  keyLine,
  type OpenLines,
  openLines,
  textOfLines,
} from '../../../src/features/recovery-points/key-lines.ts';
import { piecesOf } from '../../support/memory/pieces.ts';
import { all, whole } from '../../support/pieces.ts';

/** Of names that differ by case alone, which are those of one key, there is one here: long ones in capitals. */
const names = fc
  .stringMatching(/^[0-9a-z-]{1,12}$/)
  .map((name) => (name.length > 2 ? name.toUpperCase() : name));
const facts = fc.dictionary(names, fc.jsonValue(), { maxKeys: 8, noNullPrototype: true });
const sizes = fc.integer({ min: 1, max: 40 });

function linesOf(known: Record<string, unknown>): string[] {
  return Object.entries(known).map(([key, fact]) => keyLine(key, fact));
}

function textOf(lines: readonly string[]): Promise<string> {
  return whole(textOfLines({ format: 2 }, [lines]));
}

function corrupt(cause: unknown): WardenError {
  return new WardenError('state-corrupt', { message: 'The document cannot be read.', cause });
}

function read(text: AsyncIterable<string>): Promise<OpenLines<string>> {
  return openLines(text, (line) => line, corrupt);
}

describe('a document of lines', () => {
  test.prop([facts, sizes])(
    'gives back the head and every line with its key, wherever the text is cut',
    async (known, size) => {
      const text = await textOf(linesOf(known));

      const { head, lines } = await read(piecesOf(text, size));

      expect(head).toBe('{"format":2}');
      expect((await all(lines)).flat()).toEqual(
        Object.entries(known).map(([key, fact]) => ({ key, line: keyLine(key, fact) })),
      );
    },
  );

  test.prop([facts, facts, fc.array(names), sizes])(
    'gives changed keys other lines, leaves some out, keeps the rest as it is, and says whether any differs',
    async (known, changed, gone, size) => {
      const reread = async () => (await read(piecesOf(await textOf(linesOf(known)), size))).lines;
      const left = new Set(gone.filter((key) => !Object.hasOwn(changed, key)));
      const others = new Map(Object.entries(changed).map(([key, fact]) => [key, keyLine(key, fact)]));
      const of = ({ key, line }: KeyLine) => (left.has(key) ? undefined : (others.get(key) ?? line));

      const found: string[] = [];
      const change = { of, added: others };
      for await (const lines of changeLines(await reread(), change)) found.push(...lines);

      const wanted = Object.entries({ ...known, ...changed }).filter(([key]) => !left.has(key));
      expect(found.toSorted()).toEqual(linesOf(Object.fromEntries(wanted)).toSorted());
      const isSame = found.toSorted().join() === linesOf(known).toSorted().join();
      expect(await changesAny(await reread(), change)).toBe(!isSame);
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

    await expect(read(piecesOf(text, 5)).then((opened) => all(opened.lines))).rejects.toMatchObject({
      code: 'state-corrupt',
    });
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

      await expect(openLines(text, refuse, corrupt)).rejects.toMatchObject({
        cause: { message: 'not this one' },
      });
      expect(state.closed).toBe(true);
    });

    it('when its reader wants no more than the first lines', async () => {
      const { state, text } = watched([keyLine('a', 1)]);
      const { lines } = await read(text);

      for await (const _first of lines) break;

      expect(state.closed).toBe(true);
    });

    it('when the first lines cannot be read', async () => {
      const { state, text } = watched(['no line']);
      const { lines } = await read(text);

      await expect(all(lines)).rejects.toMatchObject({ cause: { message: 'a line without a key' } });
      expect(state.closed).toBe(true);
    });
  });
});
