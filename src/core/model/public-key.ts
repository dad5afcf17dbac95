/** Public keys as recovery points keep them: the members of a JWK that RFC 7638 names, and no other. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

const Bytes = z.base64url().min(1);

/** A public key. Numbers and coordinates are in the one form that RFC 7518 allows. */
export const PublicKey = z.union([
  z.strictObject({ kty: z.literal('RSA'), n: Bytes, e: Bytes }),
  z.strictObject({ kty: z.literal('EC'), crv: z.string(), x: Bytes, y: Bytes }),
  z.strictObject({ kty: z.literal('OKP'), crv: z.string(), x: Bytes }),
]);
export type PublicKey = z.infer<typeof PublicKey>;

/** The public keys of a key, by version. */
export type PublicKeys = ReadonlyMap<string, PublicKey>;

/**
 * RFC 7638 SHA-256 thumbprint, base64url. Members in lexicographic order (section 3). Done with the synchronous hash: through
 * WebCrypto, as JOSE libraries do it, the waiting for its threads was a twentieth of the CPU of a whole backup.
 */
export function thumbprintOf(key: PublicKey): string {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(key)))
    .digest('base64url');
}

/** What a person calls the kind and the size: `RSA-3072`, `EC-P-256`. */
export function kindOf(key: PublicKey): string {
  if (key.kty !== 'RSA') return `${key.kty}-${key.crv}`;
  return `RSA-${Buffer.from(key.n, 'base64url').length * 8}`;
}

function inOrder(key: PublicKey): object {
  switch (key.kty) {
    case 'RSA':
      return { e: key.e, kty: key.kty, n: key.n };
    case 'EC':
      return { crv: key.crv, kty: key.kty, x: key.x, y: key.y };
    case 'OKP':
      return { crv: key.crv, kty: key.kty, x: key.x };
  }
}
