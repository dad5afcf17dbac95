/** The pages are written in usual words: what a reader stumbled over once does not come back. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VOCABULARY } from '../support/vocabulary.ts';

/** What is not used in pages, beside the words that are used nowhere. */
const UNUSED: typeof VOCABULARY = [
  ...VOCABULARY,
  [/\bconverges\b/i, 'ends in the same state'],
  [/\bnobody for two\b/i, 'nobody counts twice'],
  [/\bby nobody\b/i, 'nobody can'],
  [/\bin step\b/i, 'agree'],
  [/\bhuge|massive|seamless(ly)?|robust|leverage|utilize\b/i, 'say what it does'],
  [/\b(simply|obviously|of course)\b/i, 'nothing'],
];
const PAGES = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The sentences of a page, without code, each with the number of its line. */
function linesOf(page: string): readonly (readonly [line: number, text: string])[] {
  const withoutBlocks = page.replaceAll(/^```[\s\S]*?^```/gm, (block) => block.replaceAll(/[^\n]/g, ''));
  return withoutBlocks
    .split('\n')
    .map((text, index): [number, string] => [index + 1, text.replaceAll(/`[^`]*`/g, '')])
    .filter(([, text]) => !text.startsWith('    '));
}

describe('the prose of', () => {
  it.each(PAGES)('%s uses usual words', (file) => {
    const found = linesOf(readFileSync(file, 'utf8')).flatMap(([line, text]) =>
      UNUSED.filter(([unused]) => unused.test(text)).map(
        ([unused, instead]) => `${file}:${line} has ${unused.source}; say: ${instead}`,
      ),
    );
    expect(found).toEqual([]);
  });
});
