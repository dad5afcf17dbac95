// Signatures are judged by OpenSSL and by jose, never by ourselves.
import {
  constants,
  createHash,
  createHmac,
  sign as nodeSign,
  verify as nodeVerify,
  privateEncrypt,
  publicDecrypt,
} from 'node:crypto';
import { CompactSign, compactVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { generateMaterial, type KeyMaterial } from '../../../src/emulator/crypto/material.ts';
import { signDigest, verifyDigest } from '../../../src/emulator/crypto/sign.ts';
import { digestFor, ED25519, nodeKeys, OCT256, P256, P384, P521, RSA, random } from './materials.ts';

const RSA_ALGORITHMS = [
  ['RS256', constants.RSA_PKCS1_PADDING],
  ['RS384', constants.RSA_PKCS1_PADDING],
  ['RS512', constants.RSA_PKCS1_PADDING],
  ['PS256', constants.RSA_PKCS1_PSS_PADDING],
  ['PS384', constants.RSA_PKCS1_PSS_PADDING],
  ['PS512', constants.RSA_PKCS1_PSS_PADDING],
] as const;
const JWS_ALGORITHMS: [string, KeyMaterial][] = [
  ...RSA_ALGORITHMS.map(([alg]): [string, KeyMaterial] => [alg, RSA]),
  ['ES256', P256],
  ['ES384', P384],
  ['ES512', P521],
];

describe('RSA signatures and OpenSSL', () => {
  const message = Buffer.from('the nightly sweep');
  const options = (padding: number) => ({ padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });

  test.each(RSA_ALGORITHMS)('%s of ours is valid for OpenSSL', (alg, padding) => {
    const signature = signDigest(RSA, alg, digestFor(alg, message), random);

    const key = { key: nodeKeys(RSA).publicKey, ...options(padding) };
    expect(nodeVerify(`sha${alg.slice(2)}`, message, key, signature)).toBe(true);
  });

  test.each(RSA_ALGORITHMS)(
    '%s of OpenSSL is valid for us, and invalid once a bit has changed',
    (alg, padding) => {
      const key = { key: nodeKeys(RSA).privateKey, ...options(padding) };
      const signature = nodeSign(`sha${alg.slice(2)}`, message, key);
      const digest = digestFor(alg, message);

      expect(verifyDigest(RSA, alg, digest, signature)).toBe(true);
      expect(verifyDigest(RSA, alg, digestFor(alg, 'another message'), signature)).toBe(false);
      for (const at of [0, 100, 255])
        expect(verifyDigest(RSA, alg, digest, flipped(signature, at))).toBe(false);
      expect(verifyDigest(RSA, alg, digest, signature.subarray(1))).toBe(false);
    },
  );

  test.each([3072, 4096] as const)('PS512 with %i bits, both ways', async (size) => {
    const material = await generateMaterial({ kty: 'RSA', size, publicExponent: 17 });
    const digest = digestFor('PS512', message);
    const key = { ...options(constants.RSA_PKCS1_PSS_PADDING) };

    const ours = signDigest(material, 'PS512', digest, random);
    const theirs = nodeSign('sha512', message, { key: nodeKeys(material).privateKey, ...key });

    expect(nodeVerify('sha512', message, { key: nodeKeys(material).publicKey, ...key }, ours)).toBe(true);
    expect(verifyDigest(material, 'PS512', digest, theirs)).toBe(true);
  });

  test('RSNULL pads the value as it is', () => {
    const value = Buffer.from('no digest at all');
    const theirs = privateEncrypt(
      { key: nodeKeys(RSA).privateKey, padding: constants.RSA_PKCS1_PADDING },
      value,
    );

    expect(signDigest(RSA, 'RSNULL', value, random)).toEqual(theirs);
    expect(verifyDigest(RSA, 'RSNULL', value, theirs)).toBe(true);
  });

  test('PSS whose padding is not zero is not valid, for OpenSSL and for us', () => {
    const { privateKey, publicKey } = nodeKeys(RSA);
    const good = nodeSign('sha256', message, {
      key: privateKey,
      ...options(constants.RSA_PKCS1_PSS_PADDING),
    });
    const encoded = publicDecrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, good);
    const bad = privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, flipped(encoded, 5));

    const key = { key: publicKey, ...options(constants.RSA_PKCS1_PSS_PADDING) };
    expect(nodeVerify('sha256', message, key, bad)).toBe(false);
    expect(verifyDigest(RSA, 'PS256', digestFor('PS256', message), bad)).toBe(false);
  });

  test('a signature without its leading zero byte is not valid', () => {
    const digest = digestFor('PS256', message);
    let signature = signDigest(RSA, 'PS256', digest, random);
    while (signature[0] !== 0) signature = signDigest(RSA, 'PS256', digest, random); // one in 256, the salt is random

    expect(verifyDigest(RSA, 'PS256', digest, signature)).toBe(true);
    expect(verifyDigest(RSA, 'PS256', digest, signature.subarray(1))).toBe(false);
  });

  test('a PKCS #1 signature is not a PSS signature', () => {
    const digest = digestFor('RS256', message);
    expect(verifyDigest(RSA, 'PS256', digest, signDigest(RSA, 'RS256', digest, random))).toBe(false);
  });
});

describe('signatures and jose', () => {
  test.each(JWS_ALGORITHMS)('%s completes a JWS that jose accepts', async (alg, material) => {
    const jws = jwsOf(alg, (input) => signDigest(material, alg, digestFor(alg, input), random));
    await expect(compactVerify(jws, nodeKeys(material).publicKey)).resolves.toBeDefined();
  });

  test.each([...JWS_ALGORITHMS])('%s of jose is valid for us', async (alg, material) => {
    const jws = await new CompactSign(Buffer.from('payload'))
      .setProtectedHeader({ alg })
      .sign(nodeKeys(material).privateKey);
    const [header, payload, signature] = jws.split('.');

    const digest = digestFor(alg, `${header}.${payload}`);
    expect(verifyDigest(material, alg, digest, Buffer.from(signature ?? '', 'base64url'))).toBe(true);
  });

  test('EdDSA signs the value itself', async () => {
    const jws = jwsOf('EdDSA', (input) => signDigest(ED25519, 'EdDSA', input, random));

    await expect(compactVerify(jws, nodeKeys(ED25519).publicKey)).resolves.toBeDefined();
    const [header, payload, signature] = jws.split('.');
    const bytes = Buffer.from(signature ?? '', 'base64url');
    expect(verifyDigest(ED25519, 'EdDSA', Buffer.from(`${header}.${payload}`), bytes)).toBe(true);
    expect(verifyDigest(ED25519, 'EdDSA', Buffer.from('other'), bytes)).toBe(false);
  });

  test.each(['HS256', 'HS384', 'HS512'])('%s authenticates the value with the key', (alg) => {
    const key = Buffer.from(OCT256.kty === 'oct' ? OCT256.k : '', 'base64url');
    const theirs = createHmac(`sha${alg.slice(2)}`, key)
      .update('value')
      .digest();

    expect(signDigest(OCT256, alg, Buffer.from('value'), random)).toEqual(theirs);
    expect(verifyDigest(OCT256, alg, Buffer.from('value'), theirs)).toBe(true);
    expect(verifyDigest(OCT256, alg, Buffer.from('value'), flipped(theirs, 0))).toBe(false);
    expect(verifyDigest(OCT256, alg, Buffer.from('value'), theirs.subarray(1))).toBe(false);
  });
});

describe('what cannot be signed', () => {
  const digest = createHash('sha256').update('x').digest();

  test.each([
    ['an RSA algorithm with an EC key', P256, 'RS256', digest],
    ['another curve than the key has', P256, 'ES256K', digest],
    ['an EC algorithm with an RSA key', RSA, 'ES256', digest],
    ['an HMAC with an RSA key', RSA, 'HS256', digest],
    ['EdDSA with an EC key', P256, 'EdDSA', digest],
    ['an unknown algorithm', RSA, 'RS1', digest],
    ['an encryption algorithm', RSA, 'RSA-OAEP', digest],
    ['a digest one byte too short', RSA, 'RS256', digest.subarray(1)],
    ['a digest one byte too long', P256, 'ES256', Buffer.concat([digest, Buffer.of(0)])],
    ['no digest', RSA, 'PS384', Buffer.alloc(0)],
    ['more than fits the padding', RSA, 'RSNULL', Buffer.alloc(256 - 10)],
  ])('%s', (_, material, alg, value) => {
    expect(() => signDigest(material, alg, value, random)).toThrow(refusal());
    expect(() => verifyDigest(material, alg, value, Buffer.alloc(64))).toThrow(refusal());
  });
});

function refusal() {
  return expect.objectContaining({ name: 'ServiceError', status: 400, code: 'BadParameter' });
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

function jwsOf(alg: string, sign: (input: Buffer) => Buffer): string {
  const encoded = (text: string) => Buffer.from(text).toString('base64url');
  const input = `${encoded(JSON.stringify({ alg }))}.${encoded('payload')}`;
  return `${input}.${sign(Buffer.from(input)).toString('base64url')}`;
}
