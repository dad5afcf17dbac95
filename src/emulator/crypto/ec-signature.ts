// ECDSA over a digest (RFC 7518, section 3.4): r and s side by side, each as long as the curve's order.
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { EcMaterial } from './material.ts';

// node:crypto hashes whatever it is to sign with an EC key; this library also takes the digest itself.
const CURVES = { 'P-256': p256, 'P-256K': secp256k1, 'P-384': p384, 'P-521': p521 } as const;

// The digest is given, and both values of s are valid: the low-s rule belongs to block chains, not to JWS.
const OVER_DIGEST = { prehash: false, lowS: false } as const;

/** Signs a digest. */
export function signEc(material: EcMaterial, digest: Buffer): Buffer {
  return Buffer.from(CURVES[material.crv].sign(digest, bytes(material.d), OVER_DIGEST));
}

/** Whether `signature` (r and s) is one of `digest`. */
export function verifyEc(material: EcMaterial, digest: Buffer, signature: Buffer): boolean {
  const point = Buffer.concat([Buffer.of(0x04), bytes(material.x), bytes(material.y)]); // SEC 1, 2.3.3: uncompressed
  try {
    return CURVES[material.crv].verify(signature, digest, point, OVER_DIGEST);
  } catch {
    return false; // a signature of another length, or with r or s out of range
  }
}

function bytes(value: string): Buffer {
  return Buffer.from(value, 'base64url');
}
