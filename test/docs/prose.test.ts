/** The pages are written in usual words: what a reader stumbled over once does not come back. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Each word or phrase that is not used, and what is used instead. */
const VOCABULARY: readonly (readonly [unused: RegExp, instead: string])[] = [
  [/\btold\b/i, 'reported, notified, named'],
  [/\banew\b/i, 'again, from the start'],
  [/\bmend(s|ed|ing)?\b/i, 'repair, correct'],
  [/\bby (itself|themselves)\b/i, 'automatically, alone, on its own'],
  [/\bbrought home\b/i, 'acknowledged'],
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
      VOCABULARY.filter(([unused]) => unused.test(text)).map(
        ([unused, instead]) => `${file}:${line} has ${unused.source}; say: ${instead}`,
      ),
    );
    expect(found).toEqual([]);
  });
});
