import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outdatedCipher } from '../../src/cli/key/pem-cipher.ts';
import { readPrivateKey } from '../../src/cli/key/read-pem.ts';

const PASSWORD = 'correct horse';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
const p256 = ec('P-256');
const cipher = { cipher: 'aes-256-cbc', passphrase: PASSWORD } as const;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warden-pem-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function pemFile(text: string | Buffer): Promise<string> {
  const path = join(folder, 'key.pem');
  await writeFile(path, text);
  return path;
}

/** The number `name` of a key, as Node writes it. */
function expected(key: KeyObject, name: 'n' | 'd' | 'x' | 'qi'): string | undefined {
  return key.export({ format: 'jwk' })[name];
}

function found(value: Uint8Array | undefined): string {
  return Buffer.from(value ?? []).toString('base64url');
}

describe('a private key in PEM form', () => {
  it.each([
    ['PKCS#1', rsa.export({ type: 'pkcs1', format: 'pem' }), undefined],
    ['PKCS#1, encrypted', rsa.export({ type: 'pkcs1', format: 'pem', ...cipher }), PASSWORD],
    ['PKCS#8', rsa.export({ type: 'pkcs8', format: 'pem' }), undefined],
    ['PKCS#8, encrypted', rsa.export({ type: 'pkcs8', format: 'pem', ...cipher }), PASSWORD],
    ['a password that is not needed', rsa.export({ type: 'pkcs8', format: 'pem' }), PASSWORD],
  ])('is read from RSA, %s', async (_form, pem, password) => {
    const key = await readPrivateKey(await pemFile(pem), password);
    expect(key.kty).toBe('RSA-HSM');
    expect([found(key.n), found(key.d), found(key.qi)]).toEqual([
      expected(rsa, 'n'),
      expected(rsa, 'd'),
      expected(rsa, 'qi'),
    ]);
  });

  it.each([
    ['SEC1', p256.export({ type: 'sec1', format: 'pem' }), undefined],
    ['SEC1, encrypted', p256.export({ type: 'sec1', format: 'pem', ...cipher }), PASSWORD],
    ['PKCS#8', p256.export({ type: 'pkcs8', format: 'pem' }), undefined],
    ['PKCS#8, encrypted', p256.export({ type: 'pkcs8', format: 'pem', ...cipher }), PASSWORD],
  ])('is read from EC, %s', async (_form, pem, password) => {
    const key = await readPrivateKey(await pemFile(pem), password);
    expect(key).toMatchObject({ kty: 'EC-HSM', crv: 'P-256' });
    expect([found(key.x), found(key.d)]).toEqual([expected(p256, 'x'), expected(p256, 'd')]);
  });

  it.each([
    ['P-256', 'P-256'],
    ['P-384', 'P-384'],
    ['P-521', 'P-521'],
    ['secp256k1', 'P-256K'],
  ])('on the curve %s is called %s, as the service calls it', async (curve, name) => {
    const pem = ec(curve).export({ type: 'pkcs8', format: 'pem' });
    expect((await readPrivateKey(await pemFile(pem), undefined)).crv).toBe(name);
  });

  it('is found beside a certificate, parameters and comments', async () => {
    const sec1 = p256.export({ type: 'sec1', format: 'pem' });
    const around = `Bag Attributes\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${sec1}`;
    expect((await readPrivateKey(await pemFile(around), undefined)).crv).toBe('P-256');
  });
});

describe('what is no such key', () => {
  const encrypted = rsa.export({ type: 'pkcs8', format: 'pem', ...cipher });
  const publicPem = createPublicKey(createPrivateKey(rsa.export({ type: 'pkcs8', format: 'pem' })));
  it.each([
    ['an encrypted key without a password', encrypted, undefined, 'no password was given'],
    ['an encrypted key with another password', encrypted, 'wrong', 'cannot be decrypted'],
    ['a public key', publicPem.export({ type: 'spki', format: 'pem' }), undefined, 'holds no private key'],
    [
      'an Ed25519 key',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
      undefined,
      'RSA and EC keys only',
    ],
    [
      'something broken',
      '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
      undefined,
      'cannot be read',
    ],
  ])('is refused: %s', async (_case, pem, password, named) => {
    await expect(readPrivateKey(await pemFile(pem), password)).rejects.toThrow(named);
  });

  it('never repeats the password or the file', async () => {
    const failure = await readPrivateKey(await pemFile(encrypted), 'my-wrong-secret').catch(
      (error: unknown) => error,
    );
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('my-wrong-secret');
  });

  it.each([
    ['brainpoolP256r1', 'is on the curve brainpoolP256r1'],
    ['secp224r1', 'is on the curve secp224r1'],
    ['sect283k1', 'is on the curve sect283k1'],
  ])('names the curve %s, and those that an HSM takes', async (curve, named) => {
    const pem = ec(curve).export({ type: 'pkcs8', format: 'pem' });
    const failure = await readPrivateKey(await pemFile(pem), undefined).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'UsageError', advice: 'It takes P-256, P-256K, P-384, P-521.' });
    expect(String(failure)).toContain(named);
  });

  it.each([
    ['PBE-MD5-DES', 'MIIE6TAbBgkqhkiG9w0BBQMwDgQIAAAAAAAAAAACAggABIIEyA==', 'PBE with MD5 and DES'],
    [
      'RC2 with 40 bits',
      'MIIE6jAcBgoqhkiG9w0BDAEGMA4ECAAAAAAAAAAAAgIIAASCBMg=',
      'PBE with SHA-1 and RC2 (40 bits)',
    ],
  ])('names the outdated cipher %s', (_case, body, name) => {
    expect(
      outdatedCipher(`-----BEGIN ENCRYPTED PRIVATE KEY-----\n${body}\n-----END ENCRYPTED PRIVATE KEY-----`),
    ).toBe(name);
  });

  it('says what to do with other forms', async () => {
    const openssh = '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n';
    await expect(readPrivateKey(await pemFile(openssh), undefined)).rejects.toMatchObject({
      advice: expect.stringContaining('ssh-keygen -p -m PEM'),
    });
    const der = rsa.export({ type: 'pkcs8', format: 'der' });
    await expect(readPrivateKey(await pemFile(der), undefined)).rejects.toMatchObject({
      advice: expect.stringContaining('openssl pkey -inform DER'),
    });
  });

  it('does not choose one of two keys', async () => {
    const two = [p256, rsa].map((key) => key.export({ type: 'pkcs8', format: 'pem' })).join('');
    await expect(readPrivateKey(await pemFile(two), undefined)).rejects.toThrow('2 private keys');
  });

  it('does not read UTF-16, and says so', async () => {
    const pem = `\ufeff${rsa.export({ type: 'pkcs8', format: 'pem' })}`;
    await expect(readPrivateKey(await pemFile(Buffer.from(pem, 'utf16le')), undefined)).rejects.toThrow(
      'UTF-16',
    );
  });
});
