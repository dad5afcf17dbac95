// Signs and verifies digests with stored key material.
import { createHmac, sign, timingSafeEqual, verify } from 'node:crypto';
import { unproven } from '../errors.ts';
import { signEc, verifyEc } from './ec-signature.ts';
import { keyPairOf } from './key-objects.ts';
import type { KeyMaterial } from './material.ts';
import { signRsa, verifyRsa } from './rsa-signature.ts';
import { digestLength, type SignatureScheme, signatureScheme } from './signature-algorithms.ts';

// The padding of RSASSA-PKCS1-v1_5 takes eleven bytes of the modulus (RFC 8017, 9.2).
const PKCS1_OVERHEAD = 11;

/**
 * Signs `digest` with the algorithm `alg` of a sign request.
 * Throws ServiceError (400 BadParameter, unproven) when the key cannot do that or the digest has the wrong length.
 */
export function signDigest(
  material: KeyMaterial,
  alg: string,
  digest: Buffer,
  random: (length: number) => Buffer,
): Buffer {
  const scheme = checkedScheme(material, alg, digest);
  if (scheme.kty === 'RSA' && material.kty === 'RSA') return signRsa(material, scheme, digest, random);
  if (scheme.kty === 'EC' && material.kty === 'EC') return signEc(material, digest);
  if (scheme.kty === 'OKP' && material.kty === 'OKP') {
    return sign(null, digest, keyPairOf(material).privateKey);
  }
  if (scheme.kty === 'oct' && material.kty === 'oct') {
    return createHmac(scheme.hash, Buffer.from(material.k, 'base64url')).update(digest).digest();
  }
  throw unproven('badAlgorithm', { algorithm: alg });
}

/** Whether `signature` is one of `digest` under `alg`. Throws like signDigest. */
export function verifyDigest(material: KeyMaterial, alg: string, digest: Buffer, signature: Buffer): boolean {
  const scheme = checkedScheme(material, alg, digest);
  if (scheme.kty === 'RSA' && material.kty === 'RSA') return verifyRsa(material, scheme, digest, signature);
  if (scheme.kty === 'EC' && material.kty === 'EC') return verifyEc(material, digest, signature);
  if (scheme.kty === 'OKP' && material.kty === 'OKP') {
    return verify(null, digest, keyPairOf(material).publicKey, signature);
  }
  if (scheme.kty === 'oct' && material.kty === 'oct') {
    const own = createHmac(scheme.hash, Buffer.from(material.k, 'base64url')).update(digest).digest();
    return own.length === signature.length && timingSafeEqual(own, signature);
  }
  throw unproven('badAlgorithm', { algorithm: alg });
}

function checkedScheme(material: KeyMaterial, alg: string, digest: Buffer): SignatureScheme {
  const scheme = signatureScheme(alg);
  if (scheme === undefined || scheme.kty !== material.kty) throw unproven('badAlgorithm', { algorithm: alg });
  if (scheme.kty === 'EC' && material.kty === 'EC' && scheme.crv !== material.crv) {
    throw unproven('badAlgorithm', { algorithm: alg });
  }
  const length = digestLength(scheme);
  if (length !== undefined && digest.length !== length) {
    throw unproven('badValue', {
      detail: `the length for '${alg}': expected ${length}, got ${digest.length}`,
    });
  }
  if (scheme.kty === 'RSA' && material.kty === 'RSA' && scheme.scheme === 'pkcs1-raw') {
    const room = Buffer.from(material.n, 'base64url').length - PKCS1_OVERHEAD;
    if (digest.length > room) {
      throw unproven('badValue', {
        detail: `the length for '${alg}': expected at most ${room}, got ${digest.length}`,
      });
    }
  }
  return scheme;
}
