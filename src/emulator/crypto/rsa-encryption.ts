// RSA encryption with PKCS #1 v1.5 and OAEP padding.
import { constants, privateDecrypt, publicEncrypt } from 'node:crypto';
import { unproven } from '../errors.ts';
import { keyPairOf } from './key-objects.ts';
import type { RsaMaterial } from './material.ts';

// RFC 7518, section 4: OAEP uses its hash for MGF1 as well.
const PADDINGS: ReadonlyMap<string, { padding: number; oaepHash?: string }> = new Map([
  ['RSA1_5', { padding: constants.RSA_PKCS1_PADDING }],
  ['RSA-OAEP', { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }],
  ['RSA-OAEP-256', { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }],
]);

/** Whether `alg` is an RSA encryption algorithm of the service. */
export function rsaEncryption(alg: string): boolean {
  return PADDINGS.has(alg);
}

/** Encrypts a value that fits the modulus. Throws ServiceError (400 BadParameter, unproven) when it does not. */
export function encryptRsa(material: RsaMaterial, alg: string, value: Buffer): Buffer {
  try {
    return publicEncrypt({ key: keyPairOf(material).publicKey, ...PADDINGS.get(alg) }, value);
  } catch (cause) {
    throw unproven('badValue', { detail: `the value could not be encrypted with '${alg}'` }, cause);
  }
}

/** Decrypts. Throws ServiceError (400 BadParameter, unproven) when the value does not open (OAEP; RSA1_5 then gives random bytes, by design). */
export function decryptRsa(material: RsaMaterial, alg: string, value: Buffer): Buffer {
  try {
    return privateDecrypt({ key: keyPairOf(material).privateKey, ...PADDINGS.get(alg) }, value);
  } catch (cause) {
    throw unproven('badValue', { detail: `the value could not be decrypted with '${alg}'` }, cause);
  }
}
