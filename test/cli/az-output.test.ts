import { describe, expect, it } from 'vitest';
import { readWireItems, readWireKey } from '../../src/adapters/keyvault/wire-key.ts';
import { azKey, azListed } from '../../src/cli/key/az-output.ts';
import { listTable } from '../../src/cli/key/key-tables.ts';

const kid = 'https://contoso.managedhsm.azure.net/keys/orders';
const keyWith = (release_policy: object) =>
  readWireKey({ attributes: {}, key: { kid: `${kid}/1`, kty: 'RSA-HSM' }, release_policy }, 'contoso');

describe('a key as az shows it', () => {
  it('has its release policy as text', () => {
    const policy = '{"version":"1.0.0"}';
    const contentType = 'application/json; charset=utf-8';
    const data = Buffer.from(policy).toString('base64url');
    expect(azKey(keyWith({ contentType, data })).releasePolicy).toEqual({
      contentType,
      encodedPolicy: policy,
      immutable: null,
    });
  });

  it('has a policy that is no text in base64', () => {
    expect(azKey(keyWith({ data: '__4' })).releasePolicy?.encodedPolicy).toBe('//4=');
  });

  it('is shown whatever its moments are', () => {
    const attributes = { exp: 9e15, nbf: 253_402_300_800 };
    const { items } = readWireItems([{ kid, attributes }], 'contoso');
    expect(items.map((item) => azListed(item).attributes)).toMatchObject([
      { expires: 'out of range', notBefore: '+010000-01-01T00:00:00+00:00' },
    ]);
    expect(listTable(items).rows).toHaveLength(1);
  });

  it('does not take the others of a list along when it cannot be read', () => {
    const read = readWireItems([{ kid, attributes: null }, { kid, attributes: {} }, 7], 'contoso');
    expect(read.items).toHaveLength(1);
    expect(read.odd.map((fault) => fault.slice(0, 60))).toEqual([
      'HSM contoso lists https://contoso.managedhsm.azure.net/keys/',
      'HSM contoso lists a key in a way that cannot be read (answer',
    ]);
  });
});
