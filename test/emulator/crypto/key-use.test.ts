// When a key may be used, and how cryptographic requests are refused.

import { describe, expect, test } from 'vitest';
import type { Operation } from '../../../src/emulator/model/operation.ts';
import { createKey } from '../../../src/emulator/operations/create-key.ts';
import { deleteKey } from '../../../src/emulator/operations/delete-key.ts';
import { updateKey } from '../../../src/emulator/operations/update-key.ts';
import {
  decrypt,
  encrypt,
  sign,
  unwrapKey,
  verify,
  wrapKey,
} from '../../../src/emulator/operations/use-key.ts';
import { BASE_URL, NOW, workbench } from '../support/operations.ts';

const K = { name: 'k' };
const BYTES = Buffer.alloc(32, 1).toString('base64url');
const AES = { alg: 'A256CBC', value: BYTES, iv: BYTES };
const WRAP = { alg: 'A256KW', value: BYTES };
const MAC = { alg: 'HS256', value: BYTES };
const ALL = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey', 'sign', 'verify'];

/** A pool with an oct key `k`, and everything that can be done with it. */
async function withKey(attributes: object = {}, keyOps: string[] = ALL) {
  const bench = workbench();
  await bench.perform(createKey, K, { kty: 'oct', key_size: 256, key_ops: keyOps, attributes });
  return bench;
}

type Bench = Awaited<ReturnType<typeof withKey>>;
const USES: [string, (bench: Bench) => Promise<unknown>][] = [
  ['sign', (bench) => bench.perform(sign, K, MAC)],
  ['encrypt', (bench) => bench.perform(encrypt, K, AES)],
  ['wrapKey', (bench) => bench.perform(wrapKey, K, WRAP)],
  ['verify', (bench) => bench.perform(verify, K, { alg: 'HS256', digest: BYTES, value: BYTES })],
  ['decrypt', (bench) => bench.perform(decrypt, K, AES)],
  // A value that does not open: that far it comes only when the key may be used.
  ['unwrapKey', (bench) => bench.perform(unwrapKey, K, WRAP).catch(onlyUnopened)],
];
const RECOVERING = ['verify', 'decrypt', 'unwrapKey'];

describe.each(USES)('%s', (use, perform) => {
  test('works on an enabled key', async () => {
    await expect(perform(await withKey())).resolves.toBeDefined();
  });

  test('is refused on a disabled key, and works once it is enabled again', async () => {
    const bench = await withKey({ enabled: false });
    await expect(perform(bench)).rejects.toMatchObject({ status: 403, code: 'Forbidden' });
    await bench.perform(updateKey, K, { attributes: { enabled: true } });
    await expect(perform(bench)).resolves.toBeDefined();
  });

  test('is refused when key_ops lacks it', async () => {
    const others = ALL.filter((one) => one !== use);
    await expect(perform(await withKey({}, others))).rejects.toMatchObject({
      status: 403,
      message: `Operation ${use} is not permitted on this key`,
    });
    await expect(perform(await withKey({}, [use]))).resolves.toBeDefined();
  });

  test.each([
    ['a second before nbf', { nbf: NOW + 1 }, RECOVERING.includes(use)],
    ['at nbf', { nbf: NOW }, true],
    ['a second before exp', { exp: NOW + 1 }, true],
    ['at exp', { exp: NOW }, RECOVERING.includes(use)],
    ['a second after exp', { exp: NOW - 1 }, RECOVERING.includes(use)],
  ])('%s', async (_, attributes, works) => {
    const done = perform(await withKey(attributes));
    if (works) await expect(done).resolves.toBeDefined();
    else await expect(done).rejects.toMatchObject({ status: 403, code: 'Forbidden' });
  });
});

describe('the key', () => {
  test('that is absent or deleted is not found', async () => {
    const bench = await withKey();
    const notFound = (name: string) => ({
      status: 404,
      code: 'KeyNotFound',
      message: `Key not found: ${BASE_URL}/keys/${name}`,
    });
    await expect(bench.perform(sign, { name: 'absent' }, MAC)).rejects.toMatchObject(notFound('absent'));
    await bench.perform(deleteKey, K);
    await expect(bench.perform(sign, K, MAC)).rejects.toMatchObject(notFound('k'));
  });

  test('that no key can be called is a bad parameter', async () => {
    const bench = await withKey();
    await expect(bench.perform(sign, { name: 'k!' }, MAC)).rejects.toMatchObject({
      status: 400,
      code: 'BadParameter',
    });
  });

  test('whose version does not exist is not found', async () => {
    const bench = await withKey();
    const version = '0'.repeat(32);
    await expect(bench.perform(sign, { ...K, version }, MAC)).rejects.toMatchObject({
      status: 404,
      code: 'KeyNotFound',
    });
  });
});

describe('the answer', () => {
  test.each([
    ['encrypt with GCM', encrypt, { alg: 'A256GCM', value: BYTES }, ['alg', 'iv', 'kid', 'tag', 'value']],
    [
      'encrypt with GCM and aad',
      encrypt,
      { alg: 'A256GCM', value: BYTES, aad: 'QQ' },
      ['aad', 'alg', 'iv', 'kid', 'tag', 'value'],
    ],
    [
      'encrypt with CBC, whose aad is not echoed',
      encrypt,
      { ...AES, aad: 'QQ' },
      ['alg', 'iv', 'kid', 'value'],
    ],
    ['decrypt', decrypt, AES, ['alg', 'kid', 'value']],
    ['sign', sign, MAC, ['alg', 'kid', 'value']],
    ['wrapKey', wrapKey, WRAP, ['alg', 'kid', 'value']],
  ])('%s', async (_, operation: Operation, body, members) => {
    const bench = await withKey();
    const { body: answer } = await bench.perform(operation, K, body);
    expect(Object.keys(answer ?? {}).sort()).toEqual(members);
    const version = bench.state.keys.get('k')?.versions[0]?.id;
    expect(answer).toMatchObject({ alg: body.alg, kid: `${BASE_URL}/keys/k/${version}` });
  });
});

describe('the body', () => {
  test.each([
    ['is missing', undefined],
    ['has no alg', { value: BYTES }],
    ['has no value', { alg: 'HS256' }],
    ['is not base64url', { alg: 'HS256', value: 'a b' }],
    ['has a number for a value', { alg: 'HS256', value: 1 }],
    ['names an unknown algorithm', { alg: 'HS1', value: BYTES }],
  ])('%s', async (_, body) => {
    const bench = await withKey();
    await expect(bench.perform(sign, K, body)).rejects.toMatchObject({ status: 400, code: 'BadParameter' });
  });

  test('may have null for what it leaves out', async () => {
    const bench = await withKey();
    const body = { alg: 'A256GCM', value: BYTES, iv: null, aad: null, tag: null };
    await expect(bench.perform(encrypt, K, body)).resolves.toMatchObject({ status: 200 });
  });
});

function onlyUnopened(error: unknown): string {
  if (error instanceof Error && error.message.includes('could not be unwrapped')) return 'did not open';
  throw error;
}
