// A sealing key: made to sign and for nothing else, used by an identity that may sign with this one key and do nothing more.
import { createHash, createPublicKey, randomUUID, verify } from 'node:crypto';
import { CryptographyClient } from '@azure/keyvault-keys';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Emulator, startEmulator } from '../../src/emulator/start-emulator.ts';
import { codeOf, roleCalls } from './rbac/role-calls.ts';

const SIGN = 'Microsoft.KeyVault/managedHsm/keys/sign/action';
const FACTS = Buffer.from('purpose: recovery point\nsha256: 00ff');
const DIGEST = createHash('sha256').update(FACTS).digest();
const Bundle = z.object({
  attributes: z.looseObject({ exportable: z.boolean() }),
  key: z.looseObject({
    kid: z.string(),
    key_ops: z.array(z.string()),
    crv: z.string(),
    x: z.string(),
    y: z.string(),
  }),
});

let emulator: Emulator;
let bundle: z.infer<typeof Bundle>;
let sealer: string;

beforeAll(async () => {
  emulator = await startEmulator({ name: 'seals-hsm', purgeProtection: true });
  const { call, customRole, principalWith } = roleCalls(emulator);
  const body = { kty: 'EC-HSM', crv: 'P-256', key_ops: ['sign'] };
  bundle = Bundle.parse((await call('POST', '/keys/Seal/create', body)).json);
  await call('POST', '/keys/other/create', body);
  const role = await customRole([{ dataActions: [SIGN] }]);
  sealer = (await principalWith(role, '/keys/seal')).token;
});
afterAll(() => emulator.close());

function tokenClient(): CryptographyClient {
  const credential = {
    getToken: async () => ({ token: sealer, expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  return new CryptographyClient(bundle.key.kid, credential, {
    disableChallengeResourceVerification: true,
    tlsOptions: { ca: emulator.caPem },
    retryOptions: { maxRetries: 0 },
  });
}

function isSignature(signature: Uint8Array): boolean {
  const { crv, x, y } = bundle.key;
  const key = createPublicKey({ key: { kty: 'EC', crv, x, y }, format: 'jwk' });
  return verify('sha256', FACTS, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

test('it cannot leave the HSM, may sign only, and says its public key', () => {
  expect(bundle).toMatchObject({
    attributes: { exportable: false, recoveryLevel: 'Recoverable' },
    key: { key_ops: ['sign'], kty: 'EC-HSM', crv: 'P-256' },
  });
});

test('its ES256 signature verifies with the public key alone, without the HSM', async () => {
  const { call } = roleCalls(emulator);
  const answer = await call(
    'POST',
    '/keys/seal/sign',
    { alg: 'ES256', value: DIGEST.toString('base64url') },
    sealer,
  );
  const { kid, value } = z.object({ kid: z.string(), value: z.string() }).parse(answer.json);
  expect(kid).toBe(bundle.key.kid);
  expect(isSignature(Buffer.from(value, 'base64url'))).toBe(true);
  expect(isSignature(Buffer.alloc(64, 1))).toBe(false);
});

test('the client of the Azure SDK signs with it, though it may not read the key', async () => {
  const { result } = await tokenClient().sign('ES256', DIGEST);
  expect(isSignature(result)).toBe(true);
});

describe('the identity that seals', () => {
  const digest = DIGEST.toString('base64url');
  test.each([
    ['sign with another key', 'POST', '/keys/other/sign', { alg: 'ES256', value: digest }],
    ['sign with a key that is not there', 'POST', '/keys/seal2/sign', { alg: 'ES256', value: digest }],
    ['read the key', 'GET', '/keys/seal', undefined],
    ['list keys', 'GET', '/keys', undefined],
    ['list versions', 'GET', '/keys/seal/versions', undefined],
    ['verify', 'POST', '/keys/seal/verify', { alg: 'ES256', digest, value: digest }],
    ['add a version', 'POST', '/keys/seal/create', { kty: 'EC-HSM' }],
    ['rotate the key', 'POST', '/keys/seal/rotate', undefined],
    ['update the key', 'PATCH', '/keys/seal', { attributes: { enabled: false } }],
    ['back the key up', 'POST', '/keys/seal/backup', undefined],
    ['delete the key', 'DELETE', '/keys/seal', undefined],
    ['release the key', 'POST', '/keys/seal/release', { target: 'x' }],
    [
      'give itself a role',
      'PUT',
      `/keys/seal/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`,
      {},
    ],
    ['see roles', 'GET', '/keys/seal/providers/Microsoft.Authorization/roleAssignments', undefined],
  ])('may not %s', async (_, method, path, body) => {
    const answer = await roleCalls(emulator).call(method, path, body, sealer);
    expect(codeOf(answer).slice(0, 2)).toEqual([403, 'AccessDenied']);
  });
});

test.each([
  ['verify', { alg: 'ES256', digest: DIGEST.toString('base64url'), value: DIGEST.toString('base64url') }],
  ['wrapkey', { alg: 'A256KW', value: DIGEST.toString('base64url') }],
])('not even its administrator may %s with it', async (operation, body) => {
  const answer = await roleCalls(emulator).call('POST', `/keys/seal/${operation}`, body);
  expect(codeOf(answer).slice(0, 2)).toEqual([403, 'Forbidden']);
});

test('nobody makes it exportable later', async () => {
  const { call } = roleCalls(emulator);
  const data = Buffer.from('{"version":"1.0.0","anyOf":[]}').toString('base64url');
  const body = { attributes: { exportable: true }, release_policy: { data } };
  expect(codeOf(await call('PATCH', '/keys/seal', body))).toEqual([
    400,
    'BadParameter',
    'Whether a key is exportable cannot be changed',
  ]);
  expect(emulator.state.key('seal')?.versions).toMatchObject([{ exportable: false }]);
});
