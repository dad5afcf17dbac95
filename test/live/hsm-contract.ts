// What every Managed HSM answers, emulated or real: run on the emulator with all tests, on a real HSM on demand.
import { constants, createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { BUILT_IN_ROLES } from '../../src/emulator/rbac/built-in-roles.ts';
import { UNPROVEN, type UnprovenName } from '../../src/emulator/unproven.ts';
import type { HsmConnection, WireResult } from './hsm-connection.ts';

const Bundle = z.object({
  attributes: z.looseObject({
    created: z.int(),
    updated: z.int(),
    recoveryLevel: z.string(),
    enabled: z.boolean(),
  }),
  key: z.looseObject({ kid: z.string(), kty: z.string() }),
});
const Value = z.object({ value: z.string() });
const Versions = z.object({ value: z.array(z.object({ kid: z.string() })) });
const Roles = z.object({
  value: z.array(
    z.object({
      name: z.string(),
      properties: z.object({ permissions: z.array(z.object({ dataActions: z.array(z.string()) })) }),
    }),
  ),
});
const Refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

const DIGEST = createHash('sha256').update('checked').digest();
const SECRET = Buffer.alloc(32, 9).toString('base64url');

/**
 * Runs the checks. They touch only keys that they have made themselves, named `warden-check-…`, and remove them:
 * deleted and purged, or only deleted when purge protection forbids more.
 */
export function describeManagedHsm(title: string, connect: () => Promise<HsmConnection>): void {
  describe(title, () => {
    const run = randomBytes(4).toString('hex');
    const made = new Set<string>();
    let hsm: HsmConnection;

    beforeAll(async () => {
      hsm = await connect();
    });
    afterAll(async () => {
      for (const name of made) await remove(name);
      await hsm.close();
    });

    async function remove(name: string): Promise<void> {
      await hsm.send('DELETE', `/keys/${name}`);
      await hsm.send('DELETE', `/deletedkeys/${name}`);
    }

    async function make(kind: string, body: object = { kty: 'EC' }) {
      const name = `warden-check-${run}-${kind}`;
      made.add(name);
      const answer = await hsm.send('POST', `/keys/${name}/create`, body);
      expect([answer.status, answer.text]).toEqual([200, answer.text]);
      return { name, ...Bundle.parse(answer.json) };
    }

    async function value(path: string, body?: object): Promise<string> {
      const answer = await hsm.send('POST', path, body);
      expect([answer.status, answer.text]).toEqual([200, answer.text]);
      return Value.parse(answer.json).value;
    }

    test('a request without a token gets the challenge and no JSON', async () => {
      const { status, text, headers } = await hsm.send('GET', '/keys', undefined, { anonymous: true });
      expect([status, text]).toEqual([401, 'OK']);
      expect(headers['www-authenticate']).toMatch(
        /^Bearer authorization="https:\/\/[^"]+", resource="https:\/\/managedhsm\.azure\.net"$/,
      );
    });

    test.each([
      ['RSA', { kty: 'RSA', key_size: 3072 }, ['e', 'key_ops', 'kid', 'kty', 'n']],
      ['EC', { kty: 'EC', crv: 'P-384' }, ['crv', 'key_ops', 'kid', 'kty', 'x', 'y']],
      ['oct', { kty: 'oct', key_size: 256 }, ['key_ops', 'kid', 'kty']],
    ])('%s keys are made in their HSM form', async (kty, body, members) => {
      const { key, attributes } = await make(`create-${kty.toLowerCase()}`, body);
      expect(key.kty).toBe(`${kty}-HSM`);
      expect(key.kid).toMatch(/\/[0-9a-f]{32}$/);
      expect(Object.keys(key).sort()).toEqual(members);
      expect(attributes).toMatchObject({ enabled: true, exportable: false });
    });

    test('a key that is not there is not found, its versions are an empty list', async () => {
      const absent = await hsm.send('GET', `/keys/warden-check-${run}-absent/`);
      expect([absent.status, refusal(absent)]).toEqual([404, 'KeyNotFound']);
      const versions = await hsm.send('GET', `/keys/warden-check-${run}-absent/versions`);
      expect([versions.status, versions.json]).toEqual([200, { value: [] }]);
    });

    test('versions are listed oldest first, and the newest answers without a version', async () => {
      const first = await make('versions');
      const second = await make('versions');
      const { json } = await hsm.send('GET', `/keys/${first.name}/versions`);
      expect(Versions.parse(json).value.map(({ kid }) => kid)).toEqual([first.key.kid, second.key.kid]);
      expect(Bundle.parse((await hsm.send('GET', `/keys/${first.name}`)).json).key.kid).toBe(second.key.kid);
    });

    test('a backup restores every version with its times after a purge', async () => {
      const { name } = await make('backup');
      const before = await make('backup');
      const blob = await value(`/keys/${name}/backup`);
      const header = Buffer.from(Buffer.from(blob, 'base64url').toString().split('.')[0] ?? '', 'base64url');
      expect(JSON.parse(header.toString())).toEqual({
        alg: 'dir',
        enc: 'A256CBC-HS512',
        kid: 'backup-protection-key',
      });
      if (!before.attributes.recoveryLevel.endsWith('+Purgeable')) return; // purge protection: no name gets free

      await hsm.send('DELETE', `/keys/${name}`);
      expect((await hsm.send('DELETE', `/deletedkeys/${name}`)).status).toBe(204);
      const restored = await hsm.send('POST', '/keys/restore', { value: blob });
      expect(restored.status).toBe(200);
      const { key, attributes } = Bundle.parse(restored.json);
      expect([key.kid, attributes.created, attributes.updated]).toEqual([
        before.key.kid,
        before.attributes.created,
        before.attributes.updated,
      ]);
      expect(Versions.parse((await hsm.send('GET', `/keys/${name}/versions`)).json).value).toHaveLength(2);
    });

    test('delete and recover take effect at once', async () => {
      const { name, key } = await make('recover');
      expect((await hsm.send('DELETE', `/keys/${name}`)).status).toBe(200);
      expect((await hsm.send('GET', `/keys/${name}`)).status).toBe(404);
      expect((await hsm.send('GET', `/deletedkeys/${name}`)).status).toBe(200);
      const recovered = await hsm.send('POST', `/deletedkeys/${name}/recover`);
      expect(Bundle.parse(recovered.json).key.kid).toBe(key.kid);
      expect((await hsm.send('GET', `/keys/${name}`)).status).toBe(200);
    });

    test('RSA signatures are valid under the public key that is shown', async () => {
      const { name, key } = await make('sign', { kty: 'RSA' });
      const signature = await value(`/keys/${name}/sign`, {
        alg: 'PS256',
        value: DIGEST.toString('base64url'),
      });
      const publicKey = createPublicKey({ key: { ...key, kty: 'RSA' }, format: 'jwk' });
      const options = { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING };
      expect(verify('sha256', Buffer.from('checked'), options, Buffer.from(signature, 'base64url'))).toBe(
        true,
      );
    });

    test('AES-KW and AES-GCM give back what they were given', async () => {
      const { name } = await make('aes', { kty: 'oct', key_size: 256 });
      const wrapped = await value(`/keys/${name}/wrapkey`, { alg: 'A256KW', value: SECRET });
      expect(await value(`/keys/${name}/unwrapkey`, { alg: 'A256KW', value: wrapped })).toBe(SECRET);
      const { json } = await hsm.send('POST', `/keys/${name}/encrypt`, { alg: 'A256GCM', value: SECRET });
      const {
        iv,
        tag,
        value: sealed,
      } = z.object({ iv: z.string(), tag: z.string(), value: z.string() }).parse(json);
      expect(await value(`/keys/${name}/decrypt`, { alg: 'A256GCM', value: sealed, iv, tag })).toBe(SECRET);
    });

    test('random bytes from 1 to 128', async () => {
      expect(Buffer.from(await value('/rng', { count: 128 }), 'base64url')).toHaveLength(128);
      for (const count of [0, 129]) expect((await hsm.send('POST', '/rng', { count })).status).toBe(400);
    });

    test('the built-in roles have at least the rights of November 2024', async () => {
      const { json } = await hsm.send('GET', '/providers/Microsoft.Authorization/roleDefinitions');
      const rights = new Map(
        Roles.parse(json).value.map(({ name, properties }) => [
          name,
          properties.permissions.flatMap((one) => one.dataActions),
        ]),
      );
      for (const { name, dataActions } of BUILT_IN_ROLES)
        expect(rights.get(name)).toEqual(expect.arrayContaining([...dataActions]));
    });

    describe('answers that were never recorded (a failure here says what they really are)', () => {
      const SIGN = { alg: 'ES256', value: DIGEST.toString('base64url') };
      const now = () => Math.floor(Date.now() / 1000);

      const cases: [UnprovenName, () => Promise<WireResult>][] = [
        ['keyDisabled', () => signed('disabled', { attributes: { enabled: false } })],
        ['keyExpired', () => signed('expired', { attributes: { exp: now() - 3600 } })],
        ['keyNotYetValid', () => signed('not-yet', { attributes: { nbf: now() + 3600 } })],
        ['operationNotPermitted', () => signed('ops', { key_ops: ['verify'] })],
        [
          'badAlgorithm',
          async () => hsm.send('POST', `/keys/${(await make('alg')).name}/sign`, { ...SIGN, alg: 'RS256' }),
        ],
        [
          'versionNotFound',
          async () => hsm.send('GET', `/keys/${(await make('version')).name}/${'0'.repeat(32)}`),
        ],
        [
          'nameIsDeleted',
          async () => hsm.send('POST', `/keys/${await deleted('name')}/create`, { kty: 'EC' }),
        ],
        [
          'restoreOntoActive',
          async () =>
            hsm.send('POST', '/keys/restore', {
              value: await value(`/keys/${(await make('onto')).name}/backup`),
            }),
        ],
        ['restoreOntoDeleted', restoredOntoDeleted],
      ];
      test.each(cases)('%s', async (name, provoke) => {
        const answer = await provoke();
        expect([answer.status, refusal(answer)]).toEqual([UNPROVEN[name].status, UNPROVEN[name].code]);
      });

      async function signed(kind: string, more: object): Promise<WireResult> {
        const { name } = await make(kind, { kty: 'EC', ...more });
        return hsm.send('POST', `/keys/${name}/sign`, SIGN);
      }
      async function deleted(kind: string): Promise<string> {
        const { name } = await make(kind);
        await hsm.send('DELETE', `/keys/${name}`);
        return name;
      }
      async function restoredOntoDeleted(): Promise<WireResult> {
        const { name } = await make('onto-deleted');
        const blob = await value(`/keys/${name}/backup`);
        await hsm.send('DELETE', `/keys/${name}`);
        return hsm.send('POST', '/keys/restore', { value: blob });
      }
    });
  });
}

function refusal({ json }: WireResult): string {
  return Refusal.parse(json).error.code;
}
