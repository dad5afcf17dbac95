// The Azure SDK's CryptographyClient over TLS: every algorithm it offers for a Managed HSM.
import { constants, createHash, createHmac, privateDecrypt, publicEncrypt, verify } from 'node:crypto';
import { CryptographyClient, type JsonWebKey, type KeyClient, type KeyVaultKey } from '@azure/keyvault-keys';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { keyClient } from '../support/emulator.ts';
import { nodeKeys, OCT128, OCT192, OCT256, P256, P256K, P384, P521, RSA } from './materials.ts';

const PLAIN = Buffer.from('thirty-two bytes of a secret key');
const MESSAGE = Buffer.from('the nightly sweep');

let emulator: Emulator;
let client: KeyClient;
const keys = new Map<string, KeyVaultKey>();

// Imported, so that the tests hold the private key too and can judge every answer on its own.
const IMPORTS = {
  rsa: RSA,
  p256: P256,
  p256k: P256K,
  p384: P384,
  p521: P521,
  oct128: OCT128,
  oct192: OCT192,
  oct256: OCT256,
};

beforeAll(async () => {
  emulator = await startEmulator({ retentionDays: 7, limits: 'off' });
  client = keyClient(emulator, emulator.token);
  for (const [name, material] of Object.entries(IMPORTS)) {
    keys.set(name, await client.importKey(name, sdkKey(material)));
  }
  keys.set('ed25519', await client.createKey('ed25519', 'OKP'));
});
afterAll(() => emulator.close());

/** A client for a key by its id alone: it asks the service for everything that it cannot do with the public key. */
function remote(name: string): CryptographyClient {
  const id = keys.get(name)?.id ?? '';
  const credential = {
    getToken: async () => ({ token: emulator.token, expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  return new CryptographyClient(id, credential, {
    disableChallengeResourceVerification: true,
    tlsOptions: { ca: emulator.caPem },
    retryOptions: { maxRetries: 0 },
  });
}

function digestOf(alg: string): Buffer {
  return createHash(`sha${/\d+/.exec(alg)?.[0]}`)
    .update(MESSAGE)
    .digest();
}

describe('sign and verify', () => {
  const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const RAW = { dsaEncoding: 'ieee-p1363' } as const;

  test.each([
    ['RS256', 'rsa', RSA, {}],
    ['RS384', 'rsa', RSA, {}],
    ['RS512', 'rsa', RSA, {}],
    ['PS256', 'rsa', RSA, PSS],
    ['PS384', 'rsa', RSA, PSS],
    ['PS512', 'rsa', RSA, PSS],
    ['ES256', 'p256', P256, RAW],
    ['ES256K', 'p256k', P256K, RAW],
    ['ES384', 'p384', P384, RAW],
    ['ES512', 'p521', P521, RAW],
  ] as const)('%s: digest and data', async (alg, name, material, options) => {
    const crypto = remote(name);
    const { result, keyID, algorithm } = await crypto.sign(alg, digestOf(alg));
    const ofData = await crypto.signData(alg, MESSAGE);

    expect({ keyID, algorithm }).toEqual({ keyID: keys.get(name)?.id, algorithm: alg });
    const key = { key: nodeKeys(material).publicKey, ...options };
    for (const signature of [result, ofData.result]) {
      expect(verify(`sha${/\d+/.exec(alg)?.[0]}`, MESSAGE, key, signature)).toBe(true);
    }
    expect((await crypto.verify(alg, digestOf(alg), ofData.result)).result).toBe(true);
    expect((await crypto.verify(alg, digestOf(alg).reverse(), ofData.result)).result).toBe(false);
    // The SDK verifies data with an RSA key locally, and PS as if it were RS: only RS and ES are judged here.
    if (!alg.startsWith('PS')) expect((await crypto.verifyData(alg, MESSAGE, result)).result).toBe(true);
  });

  test('EdDSA: by the public key that the service shows', async () => {
    const { result } = await remote('ed25519').sign('EdDSA', MESSAGE);

    const x = Buffer.from(keys.get('ed25519')?.key?.x ?? []).toString('base64url');
    const key = { key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' } as const;
    expect(verify(null, MESSAGE, key, result)).toBe(true);
    expect((await remote('ed25519').verify('EdDSA', MESSAGE, result)).result).toBe(true);
  });

  test.each(['HS256', 'HS384', 'HS512'])('%s', async (alg) => {
    const crypto = remote('oct256');
    const { result } = await crypto.sign(alg, MESSAGE);

    const secret = Buffer.from(OCT256.kty === 'oct' ? OCT256.k : '', 'base64url');
    expect(Buffer.from(result)).toEqual(
      createHmac(`sha${alg.slice(2)}`, secret)
        .update(MESSAGE)
        .digest(),
    );
    expect((await crypto.verify(alg, MESSAGE, result)).result).toBe(true);
  });
});

describe('encrypt, decrypt, wrap and unwrap', () => {
  const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING };
  test.each([
    ['RSA1_5', { padding: constants.RSA_PKCS1_PADDING }],
    ['RSA-OAEP', { ...OAEP, oaepHash: 'sha1' }],
    ['RSA-OAEP-256', { ...OAEP, oaepHash: 'sha256' }],
  ] as const)('%s', async (algorithm, padding) => {
    const crypto = remote('rsa');
    const { privateKey, publicKey } = nodeKeys(RSA);
    const theirs = publicEncrypt({ key: publicKey, ...padding }, PLAIN);

    const { result: encrypted } = await crypto.encrypt({ algorithm, plaintext: PLAIN });
    const { result: wrapped } = await crypto.wrapKey(algorithm, PLAIN);
    for (const value of [encrypted, wrapped]) {
      expect(privateDecrypt({ key: privateKey, ...padding }, value)).toEqual(PLAIN);
    }
    expect(Buffer.from((await crypto.decrypt({ algorithm, ciphertext: theirs })).result)).toEqual(PLAIN);
    expect(Buffer.from((await crypto.unwrapKey(algorithm, theirs)).result)).toEqual(PLAIN);
  });

  test.each([
    ['A128GCM', 'oct128'],
    ['A192GCM', 'oct192'],
    ['A256GCM', 'oct256'],
  ] as const)('%s', async (algorithm, name) => {
    const crypto = remote(name);
    const additionalAuthenticatedData = Buffer.from('additional');
    const sealed = await crypto.encrypt({ algorithm, plaintext: PLAIN, additionalAuthenticatedData });

    const { iv = new Uint8Array(), authenticationTag = new Uint8Array(), result: ciphertext } = sealed;
    const open = { algorithm, ciphertext, iv, authenticationTag };
    const opened = await crypto.decrypt({ ...open, additionalAuthenticatedData });
    expect(Buffer.from(opened.result)).toEqual(PLAIN);
    expect([iv.length, authenticationTag.length]).toEqual([12, 16]);
    await expect(crypto.decrypt(open)).rejects.toMatchObject({ statusCode: 400, code: 'BadParameter' });
  });

  test.each([
    ['A128CBC', 'oct128'],
    ['A192CBC', 'oct192'],
    ['A256CBC', 'oct256'],
    ['A128CBCPAD', 'oct128'],
    ['A192CBCPAD', 'oct192'],
    ['A256CBCPAD', 'oct256'],
  ] as const)('%s', async (algorithm, name) => {
    const crypto = remote(name);
    const iv = Buffer.alloc(16, 7);
    const { result, iv: echoed } = await crypto.encrypt({ algorithm, plaintext: PLAIN, iv });

    expect(result).not.toEqual(new Uint8Array(PLAIN));
    expect(Buffer.from(echoed ?? [])).toEqual(iv);
    expect(Buffer.from((await crypto.decrypt({ algorithm, ciphertext: result, iv })).result)).toEqual(PLAIN);
  });

  test.each([
    ['A128KW', 'oct128'],
    ['A192KW', 'oct192'],
    ['A256KW', 'oct256'],
  ] as const)('%s', async (algorithm, name) => {
    const { result } = await remote(name).wrapKey(algorithm, PLAIN);
    expect(result).toHaveLength(PLAIN.length + 8);
    expect(Buffer.from((await remote(name).unwrapKey(algorithm, result)).result)).toEqual(PLAIN);
  });
});

describe('the version', () => {
  test('without one in the id the newest is used and named; an older one still decrypts', async () => {
    const first = await client.createRsaKey('rolling');
    const second = await client.createRsaKey('rolling');
    keys.set('rolling', { ...second, id: (second.id ?? '').replace(/\/[0-9a-f]{32}$/, '') });
    keys.set('old', first);

    const { keyID } = await remote('rolling').sign('RS256', digestOf('RS256'));
    expect(keyID).toBe(second.id);
    const { result } = await remote('old').encrypt({ algorithm: 'RSA-OAEP', plaintext: PLAIN });
    expect(
      Buffer.from((await remote('old').decrypt({ algorithm: 'RSA-OAEP', ciphertext: result })).result),
    ).toEqual(PLAIN);
  });
});

/** The material as the SDK wants it: bytes instead of base64url. */
function sdkKey(material: Record<string, string>): JsonWebKey {
  const { kty, crv, ...numbers } = material;
  const bytes = Object.fromEntries(
    Object.entries(numbers).map(([name, text]) => [name, Buffer.from(text, 'base64url')]),
  );
  return { kty: kty ?? '', ...(crv !== undefined && { crv }), ...bytes };
}
