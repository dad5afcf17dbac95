/** A malformed key in the key set costs that key only, and is forgotten when the set is right. */
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { TokenVerifier } from '../../../src/adapters/auth/token-verifier.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { failureOf } from '../../support/errors.ts';

const TENANT = '11111111-1111-4111-8111-111111111111';
const OID = '22222222-2222-4222-8222-222222222222';

let served: unknown;
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(served));
});
let verifier: TokenVerifier;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.int() }).parse(server.address());
  const trust = { issuer: 'https://issuer.test', audience: 'api', tenant: TENANT, scope: 'access' };
  verifier = new TokenVerifier({ ...trust, jwksUrl: `http://127.0.0.1:${port}/keys` }, systemClock);
});
afterEach(async () => {
  vi.useRealTimers();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function aKey(kid: string): Promise<{ readonly jwk: JWK; token(): Promise<string> }> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
  const token = () => {
    const seconds = Math.floor(Date.now() / 1000);
    return new SignJWT({ oid: OID, tid: TENANT, sub: 'sub', ver: '2.0', scp: 'access', nbf: seconds })
      .setProtectedHeader({ alg: 'RS256', kid })
      .setIssuer('https://issuer.test')
      .setAudience('api')
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 300)
      .sign(privateKey);
  };
  return { jwk, token };
}

it.each([
  ['null', null],
  ['a word', 'key'],
  ['a key without a type', { kid: 'bad' }],
  ['an RSA key without a modulus', { kty: 'RSA', kid: 'bad', e: 'AQAB' }],
  ['an RSA key whose modulus is no number', { kty: 'RSA', kid: 'bad', n: '!', e: 'AQAB' }],
])('a set with %s in it serves its other keys', async (_name, bad) => {
  const good = await aKey('good');
  served = { keys: [bad, good.jwk] };

  expect((await verifier.verify(await good.token())).actor.id).toBe(OID);
});

it('a key that was malformed is believed as soon as the set has it right', async () => {
  const [good, late] = await Promise.all([aKey('good'), aKey('late')]);
  served = { keys: [good.jwk, { ...late.jwk, n: '!' }] };
  expect((await failureOf(verifier.verify(await late.token()))).code).toBe('token-invalid');
  served = { keys: [good.jwk, late.jwk] };
  vi.setSystemTime(Date.now() + 31_000);

  expect((await verifier.verify(await late.token())).actor.id).toBe(OID);
});
