import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { tlsOptionsFor } from '../../../src/adapters/http/tls.ts';
import { createAuthority, createLeaf } from '../../../src/emulator/tls/certificates.ts';

describe('TLS to an address that stands in brackets in its URL', () => {
  it.each(['[::1]', '::1'])('finds %s without asking for a name', async (host) => {
    const found = Promise.withResolvers<unknown>();
    const { lookup } = tlsOptionsFor('ca');
    lookup?.(host, {}, (error, address) => (error === null ? found.resolve(address) : found.reject(error)));
    expect(await found.promise).toBe('::1');
  });

  it.each([
    ['[::1]', true],
    ['127.0.0.1', true],
    ['localhost', true],
    ['[::2]', false],
    ['example.com', false],
  ])('is %s in the certificate? %s', async (host, isIn) => {
    const leaf = await createLeaf(await createAuthority(Date.now()), 'contoso', Date.now());
    const certificate = new X509Certificate(leaf.certificate).toLegacyObject();
    const fault = tlsOptionsFor('ca').checkServerIdentity?.(host, certificate);
    expect(fault === undefined).toBe(isIn);
  });
});
