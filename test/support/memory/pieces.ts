/** `text` in pieces of `size` characters, as a text comes in from elsewhere. */
export async function* piecesOf(text: string, size: number): AsyncGenerator<string> {
  for (let from = 0; from < text.length; from += size) yield text.slice(from, from + size);
}
