// What creating and updating do to keys, without a server.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createKey } from '../../../src/emulator/operations/create-key.ts';
import { deleteKey } from '../../../src/emulator/operations/delete-key.ts';
import { updateKey } from '../../../src/emulator/operations/update-key.ts';
import { NOW, workbench } from '../support/operations.ts';

const Bundle = z.object({
  attributes: z.object({
    created: z.number(),
    updated: z.number(),
    enabled: z.boolean(),
    exp: z.number().optional(),
  }),
  key: z.object({ kid: z.string(), kty: z.string(), key_ops: z.array(z.string()) }),
  tags: z.record(z.string(), z.string()).optional(),
});
const POLICY = Buffer.from('{"version":"1.0.0","anyOf":[]}').toString('base64url');

describe('create', () => {
  test.each([
    [{ kty: 'RSA' }, 'RSA-HSM', ['encrypt', 'decrypt', 'sign', 'verify', 'wrapKey', 'unwrapKey']],
    [{ kty: 'RSA-HSM', key_ops: ['import'] }, 'RSA-HSM', ['import']],
    [{ kty: 'EC' }, 'EC-HSM', ['sign', 'verify', 'deriveKey']],
    [
      { kty: 'oct' },
      'oct-HSM',
      ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey', 'sign', 'verify', 'deriveKey'],
    ],
    [
      { kty: 'AES', key_size: 128 },
      'oct-HSM',
      ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey', 'sign', 'verify', 'deriveKey'],
    ],
    [{ kty: 'OKP' }, 'OKP-HSM', ['sign', 'verify']],
  ])('%o makes %s that may %s', async (body, kty, operations) => {
    const { perform } = workbench();
    const { key } = Bundle.parse((await perform(createKey, { name: 'k' }, body)).body);
    expect(key).toMatchObject({ kty, key_ops: operations });
  });

  test('an existing name gets a new version and keeps its place in the list', async () => {
    const { perform, state } = workbench();
    await perform(createKey, { name: 'a' }, { kty: 'EC' });
    await perform(createKey, { name: 'b' }, { kty: 'EC' });
    await perform(createKey, { name: 'a' }, { kty: 'EC' });
    expect([...state.keys.values()].map(({ name, versions }) => [name, versions.length])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  test('the name of a soft-deleted key is refused', async () => {
    const { perform } = workbench();
    await perform(createKey, { name: 'k' }, { kty: 'EC' });
    await perform(deleteKey, { name: 'k' });
    await expect(perform(createKey, { name: 'k' }, { kty: 'EC' })).rejects.toMatchObject({
      status: 409,
      code: 'Conflict',
    });
  });

  test.each([
    [{ exportable: true }, undefined, 'Exportable keys must have release policy'],
    [{}, { data: POLICY }, 'Non-exportable keys must not have release policy'],
    [
      { exportable: true },
      { data: Buffer.from('{"version":"1.0"}').toString('base64url') },
      "Key Release Policy: missing 'version' property",
    ],
    [{ exportable: true }, { data: 'bm9uZQ' }, "Key Release Policy: missing 'version' property"],
  ])('attributes %o with policy %o are refused', async (attributes, policy, message) => {
    const { perform } = workbench();
    const body = { kty: 'EC', attributes, release_policy: policy };
    await expect(perform(createKey, { name: 'k' }, body)).rejects.toMatchObject({
      code: 'BadParameter',
      message,
    });
  });

  test.each([
    ['the 5000th key', 4999, true],
    ['the 5001st key', 5000, false],
  ])('%s: allowed %s', async (_, existing, allowed) => {
    const { perform, state } = workbench();
    await perform(createKey, { name: 'first' }, { kty: 'EC' });
    const first = state.keys.get('first');
    if (!first) throw new TypeError('not created');
    for (let index = 1; index < existing; index += 1) {
      state.apply({ type: 'putKey', key: { ...first, name: `k${index}`, order: index + 1 } });
    }
    const made = perform(createKey, { name: 'last' }, { kty: 'EC' });
    if (allowed) await expect(made).resolves.toMatchObject({ status: 200 });
    else await expect(made).rejects.toMatchObject({ status: 400 });
  });

  test.each([
    [99, true, true],
    [100, true, false],
    [100, false, true],
  ])('a version after %i with limits %s: allowed %s', async (existing, limited, allowed) => {
    const { perform, state } = workbench({}, limited);
    await perform(createKey, { name: 'k' }, { kty: 'EC' });
    const key = state.keys.get('k');
    const [version] = key?.versions ?? [];
    if (!key || !version) throw new TypeError('not created');
    state.apply({
      type: 'putKey',
      key: { ...key, versions: Array.from({ length: existing }, () => version) },
    });
    const made = perform(createKey, { name: 'k' }, { kty: 'EC' });
    if (allowed) await expect(made).resolves.toMatchObject({ status: 200 });
    else await expect(made).rejects.toMatchObject({ status: 400 });
  });
});

describe('update', () => {
  test('moves updated, keeps created and the version, and replaces tags and key_ops', async () => {
    const { perform, clock } = workbench();
    const made = Bundle.parse(
      (await perform(createKey, { name: 'k' }, { kty: 'EC', tags: { a: '1', b: '2' } })).body,
    );
    clock.now += 60;
    const body = { tags: { c: '3' }, key_ops: ['sign'], attributes: { exp: NOW + 1000 } };
    const updated = Bundle.parse((await perform(updateKey, { name: 'k' }, body)).body);
    expect(updated).toMatchObject({
      tags: { c: '3' },
      attributes: { created: NOW, updated: NOW + 60, exp: NOW + 1000, enabled: true },
    });
    expect(updated.key).toMatchObject({ kid: made.key.kid, key_ops: ['sign'] });
  });

  test('an empty change changes nothing visible but updated', async () => {
    const { perform } = workbench();
    const { body } = await perform(createKey, { name: 'k' }, { kty: 'EC', tags: { a: '1' } });
    expect((await perform(updateKey, { name: 'k' }, { attributes: {} })).body).toEqual(body);
  });

  test('empty tags take the member away', async () => {
    const { perform } = workbench();
    await perform(createKey, { name: 'k' }, { kty: 'EC', tags: { a: '1' } });
    expect((await perform(updateKey, { name: 'k' }, { tags: {} })).body).not.toHaveProperty('tags');
  });

  test('any release policy sent for an immutable one is refused, the same included', async () => {
    const { perform } = workbench();
    const policy = { data: POLICY, immutable: true };
    await perform(
      createKey,
      { name: 'k' },
      { kty: 'EC', attributes: { exportable: true }, release_policy: policy },
    );
    await expect(perform(updateKey, { name: 'k' }, { release_policy: policy })).rejects.toMatchObject({
      message: 'Immutable Release policy cannot be modified',
    });
  });
});
