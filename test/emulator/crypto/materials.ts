// Key material for the crypto tests, made once: RSA generation is the slow part.
import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import { generateMaterial, type KeyMaterial } from '../../../src/emulator/crypto/material.ts';

const rsa = { kty: 'RSA', size: 2048, publicExponent: 65537 } as const;

export const RSA = await generateMaterial(rsa);
export const P256 = await generateMaterial({ kty: 'EC', crv: 'P-256' });
export const P256K = await generateMaterial({ kty: 'EC', crv: 'P-256K' });
export const P384 = await generateMaterial({ kty: 'EC', crv: 'P-384' });
export const P521 = await generateMaterial({ kty: 'EC', crv: 'P-521' });
export const ED25519 = await generateMaterial({ kty: 'OKP', crv: 'Ed25519' });
export const OCT128 = await generateMaterial({ kty: 'oct', size: 128 });
export const OCT192 = await generateMaterial({ kty: 'oct', size: 192 });
export const OCT256 = await generateMaterial({ kty: 'oct', size: 256 });

export const random = (length: number) => randomBytes(length);

/** The key as node:crypto knows it, built here and not by the code under test. */
export function nodeKeys(material: KeyMaterial): { privateKey: KeyObject; publicKey: KeyObject } {
  const crv = 'crv' in material && material.crv === 'P-256K' ? { crv: 'secp256k1' } : {};
  const privateKey = createPrivateKey({ key: { ...material, ...crv }, format: 'jwk' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** The digest that the algorithm signs: by its trailing number, as its name says. */
export function digestFor(alg: string, message: string | Buffer): Buffer {
  const bits = /\d+/.exec(alg)?.[0] ?? '256';
  return createHash(`sha${bits}`).update(message).digest();
}
