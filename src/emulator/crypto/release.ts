// Wraps the private part of a key for another environment: an AES key for it, and the key under that AES key.
import { constants, createCipheriv, createPrivateKey, createPublicKey, publicEncrypt } from 'node:crypto';
import { nodeJwk } from './import-material.ts';
import type { KeyMaterial } from './material.ts';

/** The wrapping algorithms of the API specification (`KeyEncryptionAlgorithm`). */
export const RELEASE_ALGORITHMS = [
  'CKM_RSA_AES_KEY_WRAP',
  'RSA_AES_KEY_WRAP_256',
  'RSA_AES_KEY_WRAP_384',
] as const;
export type ReleaseAlgorithm = (typeof RELEASE_ALGORITHMS)[number];

const OAEP_HASHES = {
  CKM_RSA_AES_KEY_WRAP: 'sha1',
  RSA_AES_KEY_WRAP_256: 'sha256',
  RSA_AES_KEY_WRAP_384: 'sha384',
} as const;
/** The initial value of AES key wrap with padding (RFC 5649, section 3). */
const WRAP_IV = Buffer.from('a65959a6', 'hex');
const AES_BYTES = 32;

/** Wraps `secret` as PKCS #11 CKM_RSA_AES_KEY_WRAP does: RSA-OAEP of a new AES key, then the secret under it. */
export function wrapForRelease(
  secret: Buffer,
  { n, e }: { n: string; e: string },
  algorithm: ReleaseAlgorithm,
  random: (size: number) => Buffer,
): Buffer {
  const key = createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' });
  const aes = random(AES_BYTES);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const head = publicEncrypt({ key, padding, oaepHash: OAEP_HASHES[algorithm] }, aes);
  const cipher = createCipheriv('id-aes256-wrap-pad', aes, WRAP_IV);
  return Buffer.concat([head, cipher.update(secret), cipher.final()]);
}

/** What leaves the HSM: PKCS #8 of a key pair, the bytes of a symmetric key. */
export function privateBytes(material: KeyMaterial): Buffer {
  if (material.kty === 'oct') return Buffer.from(material.k, 'base64url');
  return createPrivateKey({ key: nodeJwk(material), format: 'jwk' }).export({ type: 'pkcs8', format: 'der' });
}
