// Wraps and unwraps keys with stored key material: RSA and AES key wrap (RFC 3394).
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { unproven } from '../errors.ts';
import type { KeyMaterial } from './material.ts';
import { decryptRsa, encryptRsa, rsaEncryption } from './rsa-encryption.ts';

const INITIAL_VALUE = Buffer.alloc(8, 0xa6); // RFC 3394, 2.2.3.1
const SEMIBLOCK_BYTES = 8;

/** Wraps a key. Throws ServiceError (400 BadParameter, unproven) when the key cannot do that or the value has a length that does not wrap. */
export function wrapValue(material: KeyMaterial, alg: string, value: Buffer): Buffer {
  if (material.kty === 'RSA' && rsaEncryption(alg)) return encryptRsa(material, alg, value);
  const { cipher, key } = aesWrapOf(material, alg);
  if (value.length < 2 * SEMIBLOCK_BYTES || value.length % SEMIBLOCK_BYTES !== 0) {
    throw unproven('badValue', {
      detail: `the value for '${alg}' must be a multiple of 8 bytes and at least 16`,
    });
  }
  const wrapper = createCipheriv(cipher, key, INITIAL_VALUE);
  return Buffer.concat([wrapper.update(value), wrapper.final()]);
}

/** Unwraps a key. Throws ServiceError (400 BadParameter, unproven) when the key cannot do that or the value does not open. */
export function unwrapValue(material: KeyMaterial, alg: string, value: Buffer): Buffer {
  if (material.kty === 'RSA' && rsaEncryption(alg)) return decryptRsa(material, alg, value);
  const { cipher, key } = aesWrapOf(material, alg);
  try {
    const unwrapper = createDecipheriv(cipher, key, INITIAL_VALUE);
    return Buffer.concat([unwrapper.update(value), unwrapper.final()]);
  } catch (cause) {
    throw unproven('badValue', { detail: `the value could not be unwrapped with '${alg}'` }, cause);
  }
}

function aesWrapOf(material: KeyMaterial, alg: string): { cipher: string; key: Buffer } {
  const size = /^A(128|192|256)KW$/.exec(alg)?.[1];
  if (size === undefined || material.kty !== 'oct') {
    throw unproven('badAlgorithm', { algorithm: alg });
  }
  const key = Buffer.from(material.k, 'base64url');
  if (key.length * 8 !== Number(size)) {
    throw unproven('badAlgorithm', { algorithm: alg });
  }
  return { cipher: `id-aes${size}-wrap`, key };
}
