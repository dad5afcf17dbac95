/**
 * Documents with a fact for each of thousands of keys, as JSON Lines: a head, then a line `["{key}",{…}]` for each key. They are
 * read and written a piece at a time, and a sweep that saves its progress exchanges the lines of the keys it dealt with and
 * passes the others on unread: what it needs in memory is their names, and a piece. Lines travel in batches, as they came in a
 * piece: waiting for each line by itself would cost more than all that is done with it.
 */

const KEY_OF_LINE = /^\[("[0-9A-Za-z-]{1,127}"),/;

/** The line of one key, not read yet. */
export interface KeyLine {
  readonly key: string;
  readonly line: string;
}

/** Items in batches, as they come in. */
export type Batches<T> = AsyncIterable<readonly T[]> | Iterable<readonly T[]>;

/** A document being read: what its first line says, and after it the lines of the keys. */
export interface OpenLines<Head> {
  readonly head: Head;
  readonly lines: AsyncIterable<readonly KeyLine[]>;
}

/** The line that says `fact` of `key`: the name first, so that it can be told without reading the rest. */
export function keyLine(key: string, fact: unknown): string {
  return JSON.stringify([key, fact]);
}

/** The text of a document, a batch of lines at a time. */
export async function* textOfLines(head: unknown, batches: Batches<string>): AsyncGenerator<string> {
  yield `${JSON.stringify(head)}\n`;
  for await (const lines of batches) if (lines.length > 0) yield `${lines.join('\n')}\n`;
}

/**
 * Reads the head of a document with `readHead`; its lines are read as they are asked for. Fails with an Error when there is no
 * head, and with what `readHead` throws; the lines fail with an Error where one has no key of its own, or the text ends within a line.
 */
export async function openLines<Head>(
  text: AsyncIterable<string>,
  readHead: (line: string) => Head,
): Promise<OpenLines<Head>> {
  const batches = linesOf(text);
  const first = await batches.next();
  try {
    const [line, ...rest] = first.done === true ? [] : first.value;
    if (line === undefined) throw new Error('the text has no head');
    return { head: readHead(line), lines: keyLinesOf(rest, batches) };
  } catch (error) {
    // Nobody reads on: what the text comes from is closed.
    await batches.return(undefined);
    throw error;
  }
}

/** The lines of a document in which `changed` take the place of those of the same keys, or come last. */
export async function* exchangeLines(
  batches: Batches<KeyLine>,
  changed: ReadonlyMap<string, string>,
): AsyncGenerator<readonly string[]> {
  const added = new Map(changed);
  for await (const lines of batches) {
    yield lines.map(({ key, line }) => changed.get(key) ?? line);
    for (const { key } of lines) added.delete(key);
  }
  yield [...added.values()];
}

/** The whole lines of each piece that has any. */
async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let begun = '';
  for await (const piece of text) {
    const [first = '', ...others] = piece.split('\n');
    const lines = [begun + first, ...others];
    begun = lines.pop() ?? '';
    if (lines.length > 0) yield lines;
  }
  if (begun !== '') throw new Error('the text does not end with a line');
}

async function* keyLinesOf(
  first: readonly string[],
  others: AsyncGenerator<readonly string[]>,
): AsyncGenerator<readonly KeyLine[]> {
  const seen = new Set<string>();
  const read = (line: string): KeyLine => {
    const quoted = KEY_OF_LINE.exec(line)?.[1];
    if (quoted === undefined) throw new Error('a line without a key');
    // Parsed to have a text of its own: a mere part of the line would keep all that was read with it in memory.
    const key = String(JSON.parse(quoted));
    if (seen.has(key)) throw new Error('two lines of one key');
    seen.add(key);
    return { key, line };
  };
  try {
    yield first.map(read);
    for await (const lines of others) yield lines.map(read);
  } finally {
    // Also when the first batch is where it ends: no loop has taken over the others yet.
    await others.return(undefined);
  }
}
