/**
 * Documents with a fact for each of thousands of keys, as JSON Lines: a head, then a line `["{key}",{…}]` for each key. A sweep
 * saves its progress often; so it exchanges the lines of the keys it dealt with and leaves the others as they are, unread.
 */

const KEY_OF_LINE = /^\["([0-9A-Za-z-]{1,127})",/;

/** The line of one key, not read yet. */
export interface KeyLine {
  readonly key: string;
  readonly line: string;
}

/** The line that says `fact` of `key`: the name first, so that it can be told without reading the rest. */
export function keyLine(key: string, fact: unknown): string {
  return JSON.stringify([key, fact]);
}

/** The text of a document. */
export function joinLines(head: unknown, lines: readonly string[]): string {
  // Joined at once: the text has megabytes, and each step on the way would be another copy of it.
  return [JSON.stringify(head), ...lines, ''].join('\n');
}

/** The first line of a document. Throws an Error when the text is cut off. */
export function headOf(text: string): string {
  if (!text.endsWith('\n')) throw new Error('the text does not end with a line');
  return text.slice(0, text.indexOf('\n'));
}

/** The lines after the head, each with its key. Throws an Error at a line without a key of its own. */
export function* keyLinesOf(text: string): Generator<KeyLine> {
  const seen = new Set<string>();
  for (let from = headOf(text).length + 1; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end);
    const key = KEY_OF_LINE.exec(line)?.[1];
    if (key === undefined || seen.has(key)) throw new Error('a line without a key of its own');
    seen.add(key);
    yield { key, line };
    from = end + 1;
  }
}

/** The lines of a document in which `changed` take the place of those of the same keys, or come last. */
export function exchangeLines(lines: Iterable<KeyLine>, changed: ReadonlyMap<string, string>): string[] {
  const kept: string[] = [];
  const added = new Map(changed);
  for (const { key, line } of lines) {
    kept.push(changed.get(key) ?? line);
    added.delete(key);
  }
  return [...kept, ...added.values()];
}
