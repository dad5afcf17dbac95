/** Thumbprints are those any JOSE library computes from the public key, however the service writes it. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { thumbprintOf } from '../../../src/adapters/keyvault/thumbprint.ts';

/** The example of RFC 7638 section 3.1. */
const RFC_N =
  '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';
const RFC_THUMBPRINT = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';

const bytes = (base64url: string) => Buffer.from(base64url, 'base64url');
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');
const filled = (length: number, value: number) => Buffer.alloc(length, value);

describe('thumbprintOf', () => {
  it.each([
    ['RSA', bytes(RFC_N)],
    ['RSA-HSM', bytes(RFC_N)],
    ['RSA-HSM', Buffer.concat([Buffer.alloc(1), bytes(RFC_N)])],
  ])('is that of the RFC for its %s key, with or without a leading zero', (kty, n) => {
    expect(thumbprintOf({ kty, n, e: bytes('AQAB') })).toBe(RFC_THUMBPRINT);
  });

  it.each([
    ['P-256', 'P-256', 32],
    ['P-256K', 'secp256k1', 32],
    ['P-384', 'P-384', 48],
    ['P-521', 'P-521', 66],
  ])('names curve %s as JOSE does and gives coordinates their full length', (crv, registered, size) => {
    const x = filled(size - 1, 1);
    const y = filled(size, 2);
    const padded = Buffer.concat([Buffer.alloc(1), x]).toString('base64url');
    const canonical = `{"crv":"${registered}","kty":"EC","x":"${padded}","y":"${y.toString('base64url')}"}`;

    expect(thumbprintOf({ kty: 'EC-HSM', crv, x, y })).toBe(sha256(canonical));
  });

  it('is that of RFC 8037 for its Ed25519 key', () => {
    const x = bytes('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo');

    expect(thumbprintOf({ kty: 'OKP-HSM', crv: 'Ed25519', x })).toBe(
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    );
  });

  it('does not exist for a symmetric key', () => {
    expect(thumbprintOf({ kty: 'oct-HSM' })).toBeUndefined();
  });
});
