// Encrypts and decrypts with stored key material: RSA, AES-GCM, AES-CBC.
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { ServiceError, unproven } from '../errors.ts';
import type { KeyMaterial } from './material.ts';
import { decryptRsa, encryptRsa, rsaEncryption } from './rsa-encryption.ts';

/** What an encrypt answer carries besides `alg` and `kid`; `aad` is echoed only by GCM, `iv` as it was sent to CBC. */
export type Encrypted = { value: Buffer; iv?: Buffer; tag?: Buffer; aad?: Buffer };
export type EncryptInput = { value: Buffer; iv?: Buffer | undefined; aad?: Buffer | undefined };
export type DecryptInput = EncryptInput & { tag?: Buffer | undefined };

type Aes = { mode: 'gcm' | 'cbc'; bits: number; padded: boolean };

const GCM_IV_BYTES = 12; // recorded: the service makes 96 bit nonces
const GCM_TAG_BYTES = 16;
const AES_BLOCK_BYTES = 16;

/**
 * Encrypts. The nonce of GCM is always made here: the service must make it and ignores or refuses a given one.
 * A CBC iv longer than a block counts with its first sixteen bytes (recorded 2021 with 35 bytes).
 * Throws ServiceError (400 BadParameter, unproven) when the key cannot do that or a member is missing.
 */
export function encryptValue(
  material: KeyMaterial,
  alg: string,
  input: EncryptInput,
  random: (length: number) => Buffer,
): Encrypted {
  if (material.kty === 'RSA' && rsaEncryption(alg)) return { value: encryptRsa(material, alg, input.value) };
  const aes = aesOf(material, alg);
  if (aes.mode === 'gcm') {
    const iv = random(GCM_IV_BYTES);
    const cipher = createCipheriv(gcmName(aes), aes.key, iv);
    if (input.aad !== undefined) cipher.setAAD(input.aad);
    const value = Buffer.concat([cipher.update(input.value), cipher.final()]);
    return { value, iv, tag: cipher.getAuthTag(), ...(input.aad !== undefined && { aad: input.aad }) };
  }
  if (!aes.padded && input.value.length % AES_BLOCK_BYTES !== 0) throw notWholeBlocks(alg);
  const cipher = createCipheriv(`aes-${aes.bits}-cbc`, aes.key, cbcIv(input.iv, alg));
  cipher.setAutoPadding(aes.padded);
  const value = Buffer.concat([cipher.update(input.value), cipher.final()]);
  return { value, ...(input.iv !== undefined && { iv: input.iv }) };
}

/** Decrypts. Throws ServiceError (400 BadParameter, unproven) when the key cannot do that, a member is missing or the value does not open. */
export function decryptValue(material: KeyMaterial, alg: string, input: DecryptInput): Buffer {
  if (material.kty === 'RSA' && rsaEncryption(alg)) return decryptRsa(material, alg, input.value);
  const aes = aesOf(material, alg);
  try {
    if (aes.mode === 'gcm') {
      const { iv, tag } = gcmParameters(input, alg);
      const decipher = createDecipheriv(gcmName(aes), aes.key, iv).setAuthTag(tag);
      if (input.aad !== undefined) decipher.setAAD(input.aad);
      return Buffer.concat([decipher.update(input.value), decipher.final()]);
    }
    const decipher = createDecipheriv(`aes-${aes.bits}-cbc`, aes.key, cbcIv(input.iv, alg));
    decipher.setAutoPadding(aes.padded);
    return Buffer.concat([decipher.update(input.value), decipher.final()]);
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    throw unproven('badValue', { detail: `the value could not be decrypted with '${alg}'` }, cause);
  }
}

function aesOf(material: KeyMaterial, alg: string): Aes & { key: Buffer } {
  const [, size, mode] = /^A(128|192|256)(GCM|CBC|CBCPAD)$/.exec(alg) ?? [];
  if (size === undefined || material.kty !== 'oct') {
    throw unproven('badAlgorithm', { algorithm: alg });
  }
  const key = Buffer.from(material.k, 'base64url');
  const bits = Number(size);
  if (key.length * 8 !== bits) {
    throw unproven('badAlgorithm', { algorithm: alg });
  }
  return { mode: mode === 'GCM' ? 'gcm' : 'cbc', bits, padded: mode === 'CBCPAD', key };
}

function gcmName({ bits }: Aes): 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm' {
  if (bits === 128) return 'aes-128-gcm';
  return bits === 192 ? 'aes-192-gcm' : 'aes-256-gcm';
}

function gcmParameters({ iv, tag }: DecryptInput, alg: string): { iv: Buffer; tag: Buffer } {
  if (iv === undefined || iv.length === 0)
    throw unproven('badValue', { detail: `'iv' is required for '${alg}'` });
  if (tag?.length !== GCM_TAG_BYTES)
    throw unproven('badValue', { detail: `'tag' of 16 bytes is required for '${alg}'` });
  return { iv, tag };
}

function cbcIv(iv: Buffer | undefined, alg: string): Buffer {
  if (iv === undefined || iv.length < AES_BLOCK_BYTES) {
    throw unproven('badValue', { detail: `'iv' of 16 bytes is required for '${alg}'` });
  }
  return iv.subarray(0, AES_BLOCK_BYTES);
}

function notWholeBlocks(alg: string): ServiceError {
  return unproven('badValue', { detail: `the value for '${alg}' must be a multiple of 16 bytes` });
}
