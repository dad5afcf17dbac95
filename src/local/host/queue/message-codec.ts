/** Translates between a queue message's stored text and its content. */

/** How messages are stored. */
export type MessageEncoding = 'base64' | 'none';

/** The content of a stored message, or undefined when it is not valid Base64 of UTF-8 text although it should be. */
export function decodeMessage(stored: string, encoding: MessageEncoding): string | undefined {
  if (encoding === 'none') return stored;
  const bytes = Buffer.from(stored, 'base64');
  if (bytes.toString('base64') !== stored.trim()) return undefined;
  const content = bytes.toString('utf8');
  return Buffer.from(content, 'utf8').equals(bytes) ? content : undefined;
}
