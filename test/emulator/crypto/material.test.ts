// Generated, imported and shown key material.
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { importMaterial } from '../../../src/emulator/crypto/import-material.ts';
import { generateMaterial, KeyMaterial, publicJwk } from '../../../src/emulator/crypto/material.ts';
import { keyTypeOf, materialSpec } from '../../../src/emulator/crypto/material-spec.ts';
import { nodeKeys, OCT256, P256, P256K, RSA } from './materials.ts';

const LEADING_ZERO = (value: string) =>
  Buffer.concat([Buffer.of(0), Buffer.from(value, 'base64url')]).toString('base64url');

describe('what a create request asks for', () => {
  test.each([
    [{ kty: 'RSA' }, { kty: 'RSA', size: 2048, publicExponent: 65537 }],
    [
      { kty: 'RSA-HSM', key_size: 3072 },
      { kty: 'RSA', size: 3072, publicExponent: 65537 },
    ],
    [
      { kty: 'RSA', key_size: 4096, public_exponent: 17 },
      { kty: 'RSA', size: 4096, publicExponent: 17 },
    ],
    [{ kty: 'EC' }, { kty: 'EC', crv: 'P-256' }],
    [
      { kty: 'EC-HSM', crv: 'P-256K' },
      { kty: 'EC', crv: 'P-256K' },
    ],
    [{ kty: 'oct' }, { kty: 'oct', size: 256 }],
    [
      { kty: 'AES', key_size: 128 },
      { kty: 'oct', size: 128 },
    ],
    [{ kty: 'OKP' }, { kty: 'OKP', crv: 'Ed25519' }],
  ])('%j', (request, spec) => {
    expect(materialSpec(request)).toEqual(spec);
  });

  test.each([
    [{}, 'JSON Web Key: kty is missing'],
    [{ kty: '' }, 'JSON Web Key: kty is missing'],
    [{ kty: 'DSA' }, "Invalid key type: 'DSA'"],
    [{ kty: 'oct', key_size: 64 }, "Invalid key size: '64'"],
    [{ kty: 'RSA', key_size: 1024 }, "Invalid key size: '1024'"],
    [{ kty: 'RSA', key_size: 2049 }, "Invalid key size: '2049'"],
    [{ kty: 'RSA', key_size: 8192 }, "Invalid key size: '8192'"],
    [{ kty: 'EC', crv: 'P-224' }, "Invalid curve name: 'P-224'"],
    [{ kty: 'OKP', crv: 'X25519' }, "Invalid curve name: 'X25519'"],
    [{ kty: 'RSA', public_exponent: 16 }, "Invalid public exponent: '16'"],
    [{ kty: 'RSA', public_exponent: 1 }, "Invalid public exponent: '1'"],
  ])('refused: %j', (request, message) => {
    expect(() => materialSpec(request)).toThrow(expect.objectContaining({ name: 'MaterialError', message }));
  });

  test('every type is shown in its HSM form', () => {
    expect(['RSA-HSM', 'EC', 'AES', 'OKP-HSM'].map(keyTypeOf)).toEqual(['RSA', 'EC', 'oct', 'OKP']);
  });
});

describe('generated material', () => {
  test.each([2048, 3072, 4096] as const)('RSA with %i bits and exponent 17', async (size) => {
    const shown = publicJwk(await generateMaterial({ kty: 'RSA', size, publicExponent: 17 }));

    expect(shown).toMatchObject({ kty: 'RSA-HSM', e: 'EQ' });
    expect('n' in shown && Buffer.from(shown.n, 'base64url').length * 8).toBe(size);
  });

  test.each([
    ['P-256', 43],
    ['P-256K', 43],
    ['P-384', 64],
    ['P-521', 88],
  ] as const)('EC on %s has coordinates of %i characters', async (crv, length) => {
    const shown = publicJwk(await generateMaterial({ kty: 'EC', crv }));
    expect(shown).toEqual({ kty: 'EC-HSM', crv, x: expect.any(String), y: expect.any(String) });
    expect('y' in shown && [shown.x.length, shown.y.length]).toEqual([length, length]);
  });

  test('of a symmetric key nothing is shown', () => {
    expect(publicJwk(OCT256)).toEqual({ kty: 'oct-HSM' });
  });

  test('is the same after it was written down and read back', () => {
    for (const material of [RSA, P256K, OCT256]) {
      expect(KeyMaterial.parse(JSON.parse(JSON.stringify(material)))).toEqual(material);
    }
  });
});

describe('import', () => {
  test.each(['RSA', 'RSA-HSM'])('%s: leading zero bytes are dropped, as the service does', (kty) => {
    const padded = Object.fromEntries(
      Object.entries(RSA).map(([name, value]) => [name, LEADING_ZERO(value)]),
    );

    expect(importMaterial({ ...padded, kty, key_ops: ['sign'], kid: 'x' })).toEqual(RSA);
  });

  test('EC: short coordinates are filled up, padded ones cut to the length of the curve', () => {
    const { d, x, y } = shortCoordinates();
    const stripped = Buffer.from(x, 'base64url').subarray(1).toString('base64url');

    expect(importMaterial({ kty: 'EC-HSM', crv: 'P-256', x: stripped, y: LEADING_ZERO(y), d })).toEqual({
      kty: 'EC',
      crv: 'P-256',
      x,
      y,
      d,
    });
  });

  test('the curve P-256K is the one others call secp256k1', () => {
    expect(nodeKeys(importMaterial({ ...P256K })).privateKey.asymmetricKeyDetails).toEqual({
      namedCurve: 'secp256k1',
    });
  });

  test.each([128, 192, 256])('oct with %i bits', (bits) => {
    const k = Buffer.alloc(bits / 8, 7).toString('base64url');
    expect(importMaterial({ kty: 'oct', k })).toEqual({ kty: 'oct', k });
  });

  test.each([
    ['nothing', {}, 'kty is missing'],
    ['no object', null, 'kty is missing'],
    ['a public key only', publicJwk(RSA), 'd is missing'],
    ['a foreign key type', { kty: 'PBE', k: 'AAAA' }, 'Invalid key type'],
    ['a foreign curve', { ...P256, crv: 'P-224' }, 'crv is missing or invalid'],
    [
      'a point that is not on the curve',
      { ...P256, x: P256.kty === 'EC' ? P256.y : '' },
      'the key is not valid',
    ],
    ['letters that are not base64url', { kty: 'oct', k: '+/==' }, 'k is missing or invalid'],
    [
      'an oct key of 64 bits',
      { kty: 'oct', k: Buffer.alloc(8).toString('base64url') },
      "Invalid key size: '64'",
    ],
    ['an RSA key of 768 bits', jwkOfSize(768), "Invalid key size: '768'"],
  ])('refused: %s', (_, jwk, text) => {
    expect(() => importMaterial(jwk)).toThrow(text);
  });
});

function jwkOfSize(modulusLength: number) {
  return generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ format: 'jwk' });
}

/** A P-256 key whose x begins with a zero byte: one in 256 does. */
function shortCoordinates(): { d: string; x: string; y: string } {
  for (;;) {
    const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
    const { d = '', x = '', y = '' } = jwk;
    if (Buffer.from(x, 'base64url')[0] === 0) return { d, x, y };
  }
}
