/** Public keys as a Managed HSM returns them, and their RFC 7638 thumbprints. */
import type { JsonWebKey } from '@azure/keyvault-keys';
import { type PublicKey, thumbprintOf as thumbprintOfPublicKey } from '../../core/model/public-key.ts';

/** Octets of a coordinate, RFC 7518 section 6.2.1.2. */
const COORDINATE_BYTES: Readonly<Record<string, number>> = {
  'P-256': 32,
  secp256k1: 32,
  'P-384': 48,
  'P-521': 66,
};

/** The SHA-256 thumbprint, base64url; undefined for a symmetric key, whose content never leaves the HSM. */
export function thumbprintOf(key: JsonWebKey): string | undefined {
  const publicKey = publicKeyOf(key);
  return publicKey === undefined ? undefined : thumbprintOfPublicKey(publicKey);
}

/**
 * The public key; undefined for a symmetric key. Names are those registered with JOSE, so that any library computes the same
 * thumbprint: `RSA-HSM` is `RSA`, and the service's curve `P-256K` is `secp256k1` (RFC 8812). Numbers are brought to the one
 * form the RFC allows.
 */
export function publicKeyOf(key: JsonWebKey): PublicKey | undefined {
  const kty = key.kty?.replace(/-HSM$/, '');
  if (kty === 'RSA') return { kty, n: base64url(stripZeros(key.n)), e: base64url(stripZeros(key.e)) };
  const crv = key.crv === 'P-256K' ? 'secp256k1' : (key.crv ?? '');
  if (kty === 'EC') {
    const size = COORDINATE_BYTES[crv] ?? 0;
    return { kty, crv, x: base64url(pad(key.x, size)), y: base64url(pad(key.y, size)) };
  }
  if (kty === 'OKP') return { kty, crv, x: base64url(key.x ?? new Uint8Array()) };
  return undefined;
}

function stripZeros(number: Uint8Array = new Uint8Array()): Uint8Array {
  const start = number.findIndex((byte) => byte !== 0);
  return start === -1 ? number : number.subarray(start);
}

function pad(number: Uint8Array = new Uint8Array(), size: number): Uint8Array {
  const stripped = stripZeros(number);
  const padded = new Uint8Array(Math.max(size, stripped.length));
  padded.set(stripped, padded.length - stripped.length);
  return padded;
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
