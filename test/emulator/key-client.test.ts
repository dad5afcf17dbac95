// The whole surface of the Azure SDK's KeyClient against the emulator, over TLS.
import {
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  X509Certificate,
} from 'node:crypto';
import type { KeyClient } from '@azure/keyvault-keys';
import { decodeProtectedHeader, jwtVerify, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { generateMaterial } from '../../src/emulator/crypto/material.ts';
import { type Emulator, startEmulator } from '../../src/emulator/start-emulator.ts';
import { keyClient } from './support/emulator.ts';

const Released = z.object({
  response: z.object({ key: z.object({ key: z.object({ key_hsm: z.string() }) }) }),
});
const Wrapped = z.object({ ciphertext: z.string() });

let emulator: Emulator;
let client: KeyClient;

beforeAll(async () => {
  emulator = await startEmulator({ retentionDays: 7, limits: 'off' });
  client = keyClient(emulator, emulator.token);
});
afterAll(() => emulator.close());

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('creating keys', () => {
  test('createKey upgrades the type to its HSM form', async () => {
    const key = await client.createKey('created', 'EC');
    expect(key.keyType).toBe('EC-HSM');
    expect(key.id).toBe(`${emulator.url}/keys/created/${key.properties.version}`);
    expect(key.properties).toMatchObject({
      enabled: true,
      recoverableDays: 7,
      recoveryLevel: 'CustomizedRecoverable+Purgeable',
      exportable: false,
    });
  });

  test('createRsaKey makes a usable public key of the size asked for', async () => {
    const { key } = await client.createRsaKey('rsa', { keySize: 3072 });
    const jwk = {
      kty: 'RSA',
      n: Buffer.from(key?.n ?? []).toString('base64url'),
      e: Buffer.from(key?.e ?? []).toString('base64url'),
    };
    expect(createPublicKey({ key: jwk, format: 'jwk' }).asymmetricKeyDetails?.modulusLength).toBe(3072);
  });

  test.each(['P-256', 'P-256K', 'P-384', 'P-521'] as const)('createEcKey makes %s', async (curve) => {
    expect((await client.createEcKey(`ec-${curve}`, { curve })).key?.crv).toBe(curve);
  });

  test('createOctKey shows nothing of the secret', async () => {
    const { key } = await client.createOctKey('oct', { keySize: 256 });
    const shown = Object.entries(key ?? {}).filter(([, value]) => value !== undefined);
    expect(shown.map(([name]) => name).sort()).toEqual(['keyOps', 'kid', 'kty']);
  });

  test('importKey keeps the material and drops the leading zero of n', async () => {
    const material = await generateMaterial({ kty: 'RSA', size: 2048, publicExponent: 65537 });
    if (material.kty !== 'RSA') throw new TypeError('not an RSA key');
    const bytes = (text: string) => Buffer.from(text, 'base64url');
    const n = Buffer.concat([Buffer.alloc(1), bytes(material.n)]);
    const { kty: _, ...numbers } = material;
    const members = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, bytes(value)]));
    const imported = await client.importKey('imported', { kty: 'RSA', ...members, n });
    expect(Buffer.from(imported.key?.n ?? []).toString('base64url')).toBe(material.n);
    expect(imported.keyType).toBe('RSA-HSM');
  });
});

describe('reading and changing keys', () => {
  test('getKey gives the newest version, or the one asked for', async () => {
    const first = await client.createEcKey('versions');
    const second = await client.createEcKey('versions');
    expect((await client.getKey('versions')).id).toBe(second.id);
    expect((await client.getKey('versions', { version: first.properties.version ?? '' })).id).toBe(first.id);
  });

  test('listPropertiesOfKeyVersions is oldest first and empty for an unknown key', async () => {
    const made = [await client.createEcKey('listed-versions'), await client.createEcKey('listed-versions')];
    const listed = await collect(client.listPropertiesOfKeyVersions('listed-versions'));
    expect(listed.map(({ id }) => id)).toEqual(made.map(({ id }) => id));
    expect(await collect(client.listPropertiesOfKeyVersions('unknown'))).toEqual([]);
  });

  test('updateKeyProperties changes what is given and nothing else', async () => {
    const before = await client.createEcKey('updated', { tags: { a: '1' }, enabled: true });
    const expiresOn = new Date('2030-01-01T00:00:00Z');
    const after = await client.updateKeyProperties('updated', before.properties.version ?? '', {
      enabled: false,
      expiresOn,
    });
    expect(after.properties).toMatchObject({
      enabled: false,
      expiresOn,
      tags: { a: '1' },
      version: before.properties.version,
    });
    expect((await client.updateKeyProperties('updated', { tags: { b: '2' } })).properties.tags).toEqual({
      b: '2',
    });
  });

  test('listPropertiesOfKeys follows the links through all pages, in order of creation', async () => {
    const before = (await collect(client.listPropertiesOfKeys())).map(({ name }) => name);
    const names = Array.from({ length: 28 }, (_, index) => `page-${index}`);
    for (const name of names) await client.createEcKey(name);
    expect((await collect(client.listPropertiesOfKeys())).map(({ name }) => name)).toEqual([
      ...before,
      ...names,
    ]);
    const sizes: number[] = [];
    for await (const page of client.listPropertiesOfKeys().byPage({ maxPageSize: 10 }))
      sizes.push(page.length);
    expect(sizes.slice(0, -1).every((size) => size === 10)).toBe(true);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(before.length + names.length);
  });

  test('getRandomBytes gives as many as asked for', async () => {
    expect(await client.getRandomBytes(32)).toHaveLength(32);
  });
});

describe('rotation', () => {
  test('a policy set, read and used', async () => {
    const key = await client.createRsaKey('rotated', { tags: { kept: 'yes' } });
    expect(await client.getKeyRotationPolicy('rotated')).toMatchObject({
      id: '',
      lifetimeActions: undefined,
    });
    const policy = {
      expiresIn: 'P90D',
      lifetimeActions: [{ action: 'Rotate' as const, timeAfterCreate: 'P30D' }],
    };
    const set = await client.updateKeyRotationPolicy('rotated', policy);
    expect(set).toMatchObject({ id: 'keys/rotated/rotationpolicy', ...policy });
    expect(await client.getKeyRotationPolicy('rotated')).toEqual(set);
    const { properties } = await client.rotateKey('rotated');
    expect(properties.version).not.toBe(key.properties.version);
    expect(properties.tags).toEqual({ kept: 'yes' });
    expect(Number(properties.expiresOn) - Number(properties.createdOn)).toBe(90 * 86_400_000);
  });
});

describe('deleting and bringing back', () => {
  test('beginDeleteKey, getDeletedKey, listDeletedKeys, beginRecoverDeletedKey', async () => {
    const key = await client.createEcKey('recovered');
    const deleted = await (await client.beginDeleteKey('recovered')).pollUntilDone();
    expect(Number(deleted.properties.scheduledPurgeDate) - Number(deleted.properties.deletedOn)).toBe(
      7 * 86_400_000,
    );
    expect(deleted.properties.recoveryId).toBe(`${emulator.url}/deletedkeys/recovered`);
    expect((await client.getDeletedKey('recovered')).id).toBe(key.id);
    expect((await collect(client.listDeletedKeys())).map(({ name }) => name)).toContain('recovered');
    await expect(client.getKey('recovered')).rejects.toMatchObject({ code: 'KeyNotFound', statusCode: 404 });
    await (await client.beginRecoverDeletedKey('recovered')).pollUntilDone();
    expect(await client.getKey('recovered')).toEqual(key);
  });

  test('listDeletedKeys goes on past the pages of ten', async () => {
    const names = Array.from({ length: 23 }, (_, index) => `gone-${index}`);
    for (const name of names) {
      await client.createEcKey(name);
      await client.beginDeleteKey(name);
    }
    const listed = (await collect(client.listDeletedKeys())).map(({ name }) => name);
    expect(listed.filter((name) => name.startsWith('gone-'))).toEqual(names);
  });

  test('purgeDeletedKey frees the name at once', async () => {
    await client.createEcKey('purged');
    await client.beginDeleteKey('purged');
    await client.purgeDeletedKey('purged');
    await expect(client.getDeletedKey('purged')).rejects.toMatchObject({ code: 'KeyNotFound' });
    await client.createEcKey('purged');
  });
});

describe('backup and restore', () => {
  test('a restored key has all its versions, ids, times and attributes', async () => {
    await client.createEcKey('saved', { tags: { version: 'one' } });
    await client.createEcKey('saved', { curve: 'P-384', tags: { version: 'two' }, enabled: false });
    const before = await client.getKey('saved');
    const versions = await collect(client.listPropertiesOfKeyVersions('saved'));
    const backup = await client.backupKey('saved');
    await client.beginDeleteKey('saved');
    await client.purgeDeletedKey('saved');
    expect(await client.restoreKeyBackup(backup ?? new Uint8Array())).toEqual(before);
    expect(await collect(client.listPropertiesOfKeyVersions('saved'))).toEqual(versions);
  });

  test('garbage is refused as a backup of another domain', async () => {
    await expect(client.restoreKeyBackup(Buffer.from('garbage'))).rejects.toMatchObject({
      code: 'MalformedBackupBlob',
      statusCode: 400,
    });
  });
});

describe('leaving the HSM', () => {
  const policy = { encodedPolicy: Buffer.from('{"version":"1.0.0","anyOf":[]}') };

  test('releaseKey hands an exportable key to the target, and only to it', async () => {
    const { key } = await client.createEcKey('exportable', { exportable: true, releasePolicy: policy });
    const environment = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = environment.publicKey.export({ format: 'jwk' });
    const target = new UnsecuredJWT({ 'x-ms-runtime': { keys: [jwk] } }).encode();
    const { value } = await client.releaseKey('exportable', target, { algorithm: 'RSA_AES_KEY_WRAP_256' });
    const { x5c } = decodeProtectedHeader(value);
    const certificate = new X509Certificate(Buffer.from(x5c?.[0] ?? '', 'base64'));
    const { payload } = await jwtVerify(value, certificate.publicKey);
    const { response } = Released.parse(payload);
    const { ciphertext } = Wrapped.parse(
      JSON.parse(Buffer.from(response.key.key.key_hsm, 'base64url').toString()),
    );
    const whole = Buffer.from(ciphertext, 'base64url');
    const aes = privateDecrypt({ key: environment.privateKey, oaepHash: 'sha256' }, whole.subarray(0, 256));
    const unwrap = createDecipheriv('id-aes256-wrap-pad', aes, Buffer.from('a65959a6', 'hex'));
    const der = Buffer.concat([unwrap.update(whole.subarray(256)), unwrap.final()]);
    const released = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({
      format: 'jwk',
    });
    expect(released.x).toBe(Buffer.from(key?.x ?? []).toString('base64url'));
  });

  test('releaseKey refuses a key that is not exportable', async () => {
    await client.createEcKey('kept-inside');
    const target = new UnsecuredJWT({ 'x-ms-runtime': { keys: [] } }).encode();
    await expect(client.releaseKey('kept-inside', target)).rejects.toMatchObject({ statusCode: 403 });
  });

  test('getKeyAttestation has the recorded members', async () => {
    await client.createEcKey('attested');
    const { properties } = await client.getKeyAttestation('attested');
    expect(properties.attestation).toMatchObject({
      version: 'MRVL-1',
      privateKeyAttestation: expect.anything(),
    });
  });
});
