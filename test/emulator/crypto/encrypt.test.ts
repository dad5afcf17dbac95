// Ciphertexts are exchanged with jose, node:crypto and the Azure SDK's local cryptography, both ways where they can.
import { constants, createCipheriv, createDecipheriv, privateDecrypt, publicEncrypt } from 'node:crypto';
import { CryptographyClient } from '@azure/keyvault-keys';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { describe, expect, test } from 'vitest';
import { decryptValue, encryptValue } from '../../../src/emulator/crypto/encrypt.ts';
import type { KeyMaterial } from '../../../src/emulator/crypto/material.ts';
import { unwrapValue, wrapValue } from '../../../src/emulator/crypto/wrap.ts';
import { nodeKeys, OCT128, OCT192, OCT256, P256, RSA, random } from './materials.ts';

const PLAIN = Buffer.from('thirty-two bytes of a secret key');
const AES = [
  ['128', OCT128],
  ['192', OCT192],
  ['256', OCT256],
] as const;
const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING };
const RSA_PADDINGS = [
  ['RSA1_5', { padding: constants.RSA_PKCS1_PADDING }],
  ['RSA-OAEP', { ...OAEP, oaepHash: 'sha1' }],
  ['RSA-OAEP-256', { ...OAEP, oaepHash: 'sha256' }],
] as const;

describe.each(RSA_PADDINGS)('%s', (alg, padding) => {
  const { privateKey, publicKey } = nodeKeys(RSA);

  test('what we encrypt or wrap, OpenSSL opens', () => {
    const { value } = encryptValue(RSA, alg, { value: PLAIN }, random);
    expect(privateDecrypt({ key: privateKey, ...padding }, value)).toEqual(PLAIN);
    expect(privateDecrypt({ key: privateKey, ...padding }, wrapValue(RSA, alg, PLAIN))).toEqual(PLAIN);
  });

  test('what OpenSSL encrypts, we decrypt and unwrap', () => {
    const value = publicEncrypt({ key: publicKey, ...padding }, PLAIN);
    expect(decryptValue(RSA, alg, { value })).toEqual(PLAIN);
    expect(unwrapValue(RSA, alg, value)).toEqual(PLAIN);
  });
});

describe.each(AES)('AES with %s bits', (bits, material) => {
  test('GCM: opens elsewhere with the nonce, the tag and the additional data of the answer', () => {
    const aad = Buffer.from('additional');
    const sealed = encryptValue(material, `A${bits}GCM`, { value: PLAIN, aad }, random);

    expect(sealed).toMatchObject({ aad, iv: { length: 12 }, tag: { length: 16 } });
    expect(openGcm(material, sealed)).toEqual(PLAIN);
  });

  test('GCM: a nonce that the caller gives is not used', () => {
    const iv = Buffer.alloc(12);
    expect(encryptValue(material, `A${bits}GCM`, { value: PLAIN, iv }, random).iv).not.toEqual(iv);
  });

  test('GCM: decrypts what jose encrypted, and nothing that was changed', async () => {
    const jwe = await new CompactEncrypt(PLAIN)
      .setProtectedHeader({ alg: 'dir', enc: `A${bits}GCM` })
      .encrypt(keyBytes(material));
    const [header = '', , iv = '', value = '', tag = ''] = jwe.split('.');
    const input = { value: bytes(value), iv: bytes(iv), tag: bytes(tag), aad: Buffer.from(header) };

    expect(decryptValue(material, `A${bits}GCM`, input)).toEqual(PLAIN);
    for (const change of [
      { aad: Buffer.from('x') },
      { aad: undefined },
      { tag: Buffer.alloc(16) },
      { iv: Buffer.alloc(12) },
    ]) {
      expect(() => decryptValue(material, `A${bits}GCM`, { ...input, ...change })).toThrow(
        'could not be decrypted',
      );
    }
  });

  test('CBCPAD: the Azure SDK opens ours and we open its', async () => {
    const alg = `A${bits}CBCPAD`;
    const iv = random(16);
    const local = new CryptographyClient({
      kty: 'oct',
      k: keyBytes(material),
      keyOps: ['encrypt', 'decrypt'],
    });

    const ours = encryptValue(material, alg, { value: PLAIN, iv }, random);
    const theirs = await local.encrypt({ algorithm: cbcPad(bits), plaintext: PLAIN, iv });

    expect(ours.iv).toEqual(iv);
    expect(ours.value).toEqual(Buffer.from(theirs.result));
    expect(decryptValue(material, alg, { value: Buffer.from(theirs.result), iv })).toEqual(PLAIN);
  });

  test('CBC: whole blocks without padding, both ways', () => {
    const iv = random(16);
    const cipher = createCipheriv(`aes-${bits}-cbc`, keyBytes(material), iv).setAutoPadding(false);
    const theirs = Buffer.concat([cipher.update(PLAIN), cipher.final()]);

    expect(encryptValue(material, `A${bits}CBC`, { value: PLAIN, iv }, random).value).toEqual(theirs);
    expect(decryptValue(material, `A${bits}CBC`, { value: theirs, iv })).toEqual(PLAIN);
  });

  test('KW: jose unwraps our key, and we unwrap its', async () => {
    const alg = `A${bits}KW`;
    const jwe = await new CompactEncrypt(PLAIN)
      .setProtectedHeader({ alg, enc: 'A256GCM' })
      .encrypt(keyBytes(material));
    const [header, wrapped = '', ...rest] = jwe.split('.');

    const contentKey = unwrapValue(material, alg, bytes(wrapped));
    const again = [header, wrapValue(material, alg, contentKey).toString('base64url'), ...rest].join('.');

    const { plaintext } = await compactDecrypt(again, keyBytes(material));
    expect(Buffer.from(plaintext)).toEqual(PLAIN);
  });
});

test('CBC counts the first sixteen bytes of a longer iv, and gives it back as it was sent', () => {
  const iv = random(35);
  const long = encryptValue(OCT256, 'A256CBCPAD', { value: PLAIN, iv }, random);
  const exact = encryptValue(OCT256, 'A256CBCPAD', { value: PLAIN, iv: iv.subarray(0, 16) }, random);

  expect(long.value).toEqual(exact.value);
  expect(long.iv).toEqual(iv);
});

describe('what cannot be encrypted or wrapped', () => {
  const iv = random(16);
  test.each([
    ['an AES algorithm with an RSA key', RSA, 'A256GCM', { value: PLAIN }],
    ['an RSA algorithm with an oct key', OCT256, 'RSA-OAEP', { value: PLAIN }],
    ['anything with an EC key', P256, 'RSA-OAEP', { value: PLAIN }],
    ['a smaller algorithm than the key', OCT256, 'A128GCM', { value: PLAIN }],
    ['a larger algorithm than the key', OCT128, 'A256CBCPAD', { value: PLAIN, iv }],
    ['an unknown algorithm', OCT256, 'A256CTR', { value: PLAIN, iv }],
    ['CBC without an iv', OCT256, 'A256CBCPAD', { value: PLAIN }],
    ['CBC with an iv of 15 bytes', OCT256, 'A256CBCPAD', { value: PLAIN, iv: iv.subarray(1) }],
    ['CBC without padding of a part of a block', OCT256, 'A256CBC', { value: PLAIN.subarray(1), iv }],
    ['more than OAEP has room for', RSA, 'RSA-OAEP', { value: Buffer.alloc(256 - 41) }],
  ])('encrypt: %s', (_, material, alg, input) => {
    expect(() => encryptValue(material, alg, input, random)).toThrow(refusal());
  });

  test.each([
    ['GCM without a tag', 'A256GCM', { value: PLAIN, iv }],
    ['GCM with a tag of 15 bytes', 'A256GCM', { value: PLAIN, iv, tag: Buffer.alloc(15) }],
    ['GCM without an iv', 'A256GCM', { value: PLAIN, tag: Buffer.alloc(16) }],
    ['CBC of half a block', 'A256CBC', { value: PLAIN.subarray(8), iv }],
  ])('decrypt: %s', (_, alg, input) => {
    expect(() => decryptValue(OCT256, alg, input)).toThrow(refusal());
  });

  test.each([
    ['15 bytes', Buffer.alloc(15)],
    ['8 bytes', Buffer.alloc(8)],
    ['17 bytes', Buffer.alloc(17)],
  ])('wrap: %s with AES key wrap', (_, value) => {
    expect(() => wrapValue(OCT256, 'A256KW', value)).toThrow('multiple of 8 bytes');
  });

  test('unwrap: a changed key, another key, another key type', () => {
    const wrapped = wrapValue(OCT256, 'A256KW', PLAIN);
    wrapped[3] = (wrapped[3] ?? 0) ^ 1;
    expect(() => unwrapValue(OCT256, 'A256KW', wrapped)).toThrow('could not be unwrapped');
    expect(() => unwrapValue(OCT128, 'A256KW', wrapped)).toThrow('is not supported');
    expect(() => unwrapValue(RSA, 'A256KW', wrapped)).toThrow('is not supported');
  });
});

function refusal() {
  return expect.objectContaining({ name: 'ServiceError', status: 400, code: 'BadParameter' });
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}

function keyBytes(material: KeyMaterial): Buffer {
  return bytes(material.kty === 'oct' ? material.k : '');
}

function cbcPad(bits: string): 'A128CBCPAD' | 'A192CBCPAD' | 'A256CBCPAD' {
  if (bits === '128') return 'A128CBCPAD';
  return bits === '192' ? 'A192CBCPAD' : 'A256CBCPAD';
}

function openGcm(material: KeyMaterial, sealed: ReturnType<typeof encryptValue>): Buffer {
  const key = keyBytes(material);
  const name = key.length === 16 ? 'aes-128-gcm' : key.length === 24 ? 'aes-192-gcm' : 'aes-256-gcm';
  const decipher = createDecipheriv(name, key, sealed.iv ?? Buffer.alloc(0));
  decipher.setAAD(sealed.aad ?? Buffer.alloc(0)).setAuthTag(sealed.tag ?? Buffer.alloc(0));
  return Buffer.concat([decipher.update(sealed.value), decipher.final()]);
}
