/** Texts that come in pieces. */

/** `text`, cut after every `size` characters. */
export async function* piecesOf(text: string, size: number): AsyncGenerator<string> {
  for (let from = 0; from < text.length; from += size) yield text.slice(from, from + size);
}

/** All pieces, joined. */
export async function whole(pieces: AsyncIterable<string>): Promise<string> {
  return (await all(pieces)).join('');
}

/** Everything that comes. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
