/** Breaks sentences into lines that fit the terminal. */
import { stripVTControlCharacters } from 'node:util';

/** How much farther in the lines after the first begin. */
const HANGING = 4;
/** Room for a sentence, even where the terminal is narrower. */
export const NARROWEST_SENTENCE = 20;

/** `text` in lines of at most `width` characters, broken at spaces; a longer word is not broken, and colours take no room. */
export function wrapped(text: string, width: number | undefined): readonly string[] {
  if (width === undefined || seen(text) <= width) return [text];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && seen(last) + 1 + seen(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Every line of a page in as many lines as it takes. Commands stay whole: they are copied. */
export function wrappedPage(page: string, width: number | undefined): string {
  return page
    .split('\n')
    .map((line) => {
      if (/^\s*(->|or) /.test(line)) return line;
      const indent = line.length - line.trimStart().length;
      const room = width === undefined ? undefined : Math.max(NARROWEST_SENTENCE, width - indent - HANGING);
      if (width === undefined || seen(line) <= width) return line;
      const [first = '', ...rest] = wrapped(line.trimStart(), room);
      return [
        `${' '.repeat(indent)}${first}`,
        ...rest.map((part) => `${' '.repeat(indent + HANGING)}${part}`),
      ].join('\n');
    })
    .join('\n');
}

function seen(text: string): number {
  return stripVTControlCharacters(text).length;
}
