import { describe, expect, it } from 'vitest';
import { type AzFormat, renderAz, sorted } from '../../../src/cli/frame/render-az.ts';

const plain = (data: unknown, format: AzFormat) => renderAz(data, { format, coloured: false });
const key = sorted({
  name: 'orders',
  id: '7',
  attributes: { enabled: true },
  managed: null,
  ops: ['sign', 'verify'],
  enabled: true,
});

describe('an answer in the formats of az', () => {
  it.each<[string, unknown, AzFormat, string]>([
    [
      'json in alphabetical order',
      { b: 1, a: { d: null, c: 'é' } },
      'json',
      '{"a":{"c":"é","d":null},"b":1}',
    ],
    ['json of no item', [], 'json', '[]'],
  ])('%s', (_case, data, format, expected) => {
    const text = plain(data, format);
    expect(JSON.stringify(JSON.parse(text))).toBe(expected);
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
  });

  it.each<[string, unknown, AzFormat, string]>([
    ['a list of objects', [key], 'tsv', '\tTrue\t7\tNone\torders\t2\n'],
    ['texts', ['a', 'b'], 'tsv', 'a\nb\n'],
    ['truths, which are small alone and large in a row', [true, [true, null]], 'tsv', 'true\nTrue\tNone\n'],
    ['one text', 'a', 'tsv', 'a\n'],
    ['numbers and null', [1, null], 'tsv', '1\nNone\n'],
    ['no item', [], 'tsv', ''],
    ['what would steer a terminal', ['a\u001b[2J'], 'tsv', 'a?[2J\n'],
    ['the order of what a query chose', [{ z: 1, a: 2 }], 'tsv', '1\t2\n'],
    ['an object', key, 'table', 'Enabled    Name\n---------  ------\nTrue       orders\n'],
    ['texts', ['a', 'bbbbbbbbb'], 'table', 'Result\n---------\na\nbbbbbbbbb\n'],
    ['lists', [['a', 1]], 'table', 'Column1    Column2\n---------  ---------\na          1\n'],
    ['members that some have', [{ a: 1 }, { b: 2 }], 'table', 'A    B\n---  ---\n1\n     2\n'],
    ['no item', [], 'table', '\n'],
    ['an object without single values', { a: {}, b: null }, 'table', '\n'],
    ['anything', key, 'none', ''],
    ['null', null, 'json', ''],
    ['null', null, 'tsv', ''],
  ])('of %s (%j as %s)', (_case, data, format, expected) => {
    expect(plain(data, format)).toBe(expected);
  });

  it('has the columns of the command in their order', () => {
    const columns = [
      ['Principal', 'who'],
      ['Scope', 'scope'],
    ] as const;
    expect(renderAz([{ scope: '/', who: null }], { format: 'table', coloured: false, columns })).toBe(
      'Principal    Scope\n-----------  -------\n             /\n',
    );
  });

  it('has colours in jsonc, where there are any, and the same text', () => {
    const coloured = renderAz({ a: ['x', 1, true] }, { format: 'jsonc', coloured: true });
    expect(coloured).toContain('\u001b[33m"x"\u001b[39m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain({ a: ['x', 1, true] }, 'json'));
    expect(plain({ a: 1 }, 'jsonc')).toBe(plain({ a: 1 }, 'json'));
  });
});
