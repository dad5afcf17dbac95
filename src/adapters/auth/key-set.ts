/** Reads a key set so that a malformed key costs that key alone: the others go on to verify, and the next set is judged again. */
import { importJWK } from 'jose';
import { z } from 'zod';

const KeySet = z.looseObject({ keys: z.array(z.unknown()) });
/** As much of a key as importing takes for granted. */
const Key = z.looseObject({ kty: z.string(), kid: z.string().exactOptional() });
/** RS256 asks for a modulus of 2048 bits or more. https://www.rfc-editor.org/rfc/rfc7518#section-3.3 */
const RsaKey = Key.extend({
  n: z.string().regex(/^[\w-]{342,}$/),
  e: z.string().regex(/^[\w-]+$/),
});

/** Fetches a key set, without the keys in it that are none. What is no key set at all is handed on as it is. */
export async function fetchUsableKeys(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, options);
  if (response.status !== 200) return response;
  const text = await response.text();
  const set = KeySet.safeParse(jsonOf(text));
  if (!set.success) return new Response(text, { status: 200 });
  const usable = await Promise.all(set.data.keys.map(isUsable));
  const keys = set.data.keys.filter((_, index) => usable[index]);
  return new Response(JSON.stringify({ ...set.data, keys }), { status: 200 });
}

async function isUsable(key: unknown): Promise<boolean> {
  const parsed = Key.safeParse(key);
  if (!parsed.success) return false;
  // Keys for other algorithms are nobody's fault, and never chosen.
  if (parsed.data.kty !== 'RSA') return true;
  const rsa = RsaKey.safeParse(key);
  if (!rsa.success) return false;
  try {
    await importJWK(rsa.data, 'RS256');
    return true;
  } catch {
    return false;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
