/** Texts that come in pieces. */

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
