import type { KeyProperties, KeyVaultKey } from '@azure/keyvault-keys';
import { describe, expect, it } from 'vitest';
import { azKey, azListed, listTable } from '../../src/cli/key/az-output.ts';

const properties: KeyProperties = { vaultUrl: 'https://contoso.managedhsm.azure.net', name: 'orders' };

describe('a key as az shows it', () => {
  it('has its release policy as text', () => {
    const policy = '{"version":"1.0.0"}';
    const key: KeyVaultKey = {
      name: 'orders',
      properties: {
        ...properties,
        releasePolicy: { contentType: 'application/json; charset=utf-8', encodedPolicy: Buffer.from(policy) },
      },
    };
    expect(azKey(key).releasePolicy).toEqual({
      contentType: 'application/json; charset=utf-8',
      encodedPolicy: policy,
      immutable: null,
    });
  });

  it('has a policy that is no text in base64', () => {
    const listed = azListed({
      ...properties,
      releasePolicy: { encodedPolicy: new Uint8Array([0xff, 0xfe]) },
    });
    expect(listed.releasePolicy?.encodedPolicy).toBe('//4=');
  });

  it('is shown whatever its moments are', () => {
    const far = { ...properties, expiresOn: new Date(Number.NaN), notBefore: new Date(253_402_300_800_000) };
    expect(azListed(far).attributes).toMatchObject({
      expires: 'out of range',
      notBefore: '+010000-01-01T00:00:00+00:00',
    });
    expect(listTable([far]).rows).toHaveLength(1);
  });
});
