/** Decides whether a caller may use the operator's paths. The apps guard their own routes: none asks for a key. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Whether a request carries the master key, in the header `x-functions-key` or the query parameter `code`
 * (learn.microsoft.com/azure/azure-functions/function-keys-how-to). Without a master key nobody may.
 */
export function mayAdminister(
  request: IncomingMessage,
  query: URLSearchParams,
  masterKey: string | undefined,
): boolean {
  const header = request.headers['x-functions-key'];
  const given = typeof header === 'string' ? header : query.get('code');
  return masterKey !== undefined && given !== null && isEqual(given, masterKey);
}

function isEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
