/**
 * Documents with a fact for each of thousands of keys, as JSON Lines: a head, then a line `["{key}",{…}]` for each key. They are
 * read and written a piece at a time, and a sweep that saves its progress exchanges the lines of the keys it dealt with and
 * passes the others on unread: what it needs in memory is their names, and a piece. Lines travel in batches, as they came in a
 * piece: waiting for each line separately would cost more than all that is done with it.
 */

import { isWardenError, type WardenError } from '../../core/errors.ts';
import { NameMap } from '../../core/model/key-name.ts';

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

/** The line that says `fact` of `key`: the name first, so that it can be said without reading the rest. */
export function keyLine(key: string, fact: unknown): string {
  return JSON.stringify([key, fact]);
}

/** The text of a document, a batch of lines at a time. */
export async function* textOfLines(head: unknown, batches: Batches<string>): AsyncGenerator<string> {
  yield `${JSON.stringify(head)}\n`;
  for await (const lines of batches) if (lines.length > 0) yield `${lines.join('\n')}\n`;
}

/** What is to become of a document, a line at a time. */
export interface LineChange {
  /** What is to stand for a known line; undefined when nothing is. */
  of(known: KeyLine): string | undefined;
  /** The lines of keys that may not be known yet. */
  readonly added: ReadonlyMap<string, string>;
}

/**
 * Reads the head of a document with `readHead`; its lines are read as they are asked for. When there is no head or it cannot be
 * read, where a line has no key of its own, and when the text ends within a line, it fails with what `corrupt` makes of the
 * cause; with what reading the text fails with it fails itself.
 */
export async function openLines<Head>(
  text: AsyncIterable<string>,
  readHead: (line: string) => Head,
  corrupt: (cause: unknown) => WardenError,
): Promise<OpenLines<Head>> {
  const failing = (cause: unknown) => (isWardenError(cause) ? cause : corrupt(cause));
  const batches = linesOf(text);
  try {
    const first = await batches.next();
    const [line, ...rest] = first.done === true ? [] : first.value;
    if (line === undefined) throw new Error('the text has no head');
    return { head: readHead(line), lines: keyLinesOf(rest, batches, failing) };
  } catch (cause) {
    // Nobody reads on: what the text comes from is closed.
    await batches.return(undefined);
    throw failing(cause);
  }
}

/** The lines of a document after `change`, what is added last. */
export async function* changeLines(
  batches: Batches<KeyLine>,
  change: LineChange,
): AsyncGenerator<readonly string[]> {
  const added = new NameMap(change.added);
  const written = new NameMap<true>();
  for await (const known of batches) {
    const lines: string[] = [];
    for (const item of known) {
      // A key has one line, whatever spellings of its name an earlier version wrote down.
      if (written.has(item.key)) continue;
      const next = change.of(item);
      if (next !== undefined) lines.push(next);
      if (added.delete(item.key)) written.set(item.key, true);
    }
    yield lines;
  }
  yield [...added.values()];
}

/** Whether `change` changes any line or adds one. Reads no further than to the first that differs. */
export async function changesAny(batches: Batches<KeyLine>, change: LineChange): Promise<boolean> {
  const added = new NameMap(change.added);
  for await (const known of batches) {
    for (const item of known) {
      if (change.of(item) !== item.line) return true;
      added.delete(item.key);
    }
  }
  return added.size > 0;
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
  failing: (cause: unknown) => WardenError,
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
  } catch (cause) {
    throw failing(cause);
  } finally {
    // Also when the first batch is where it ends: no loop has taken over the others yet.
    await others.return(undefined);
  }
}
