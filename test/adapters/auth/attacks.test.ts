/** Forged, stolen, misused and stale tokens: each is refused, and so are headers that anybody can write. */

import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { base64url, exportSPKI, generateKeyPair, importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { identityProof } from '../../../src/adapters/auth/identity-proof.ts';
import { TokenAuthenticator } from '../../../src/adapters/auth/token-authenticator.ts';
import { type TokenTrust, TokenVerifier } from '../../../src/adapters/auth/token-verifier.ts';
import { canonicalJson } from '../../../src/core/canonical-json.ts';
import { ROLES, requirePerson } from '../../../src/features/recovery/access/caller.ts';
import {
  type Issuer,
  LOCAL_AUDIENCE,
  LOCAL_SCOPE,
  LOCAL_TENANT,
  startIssuer,
} from '../../../src/local/issuer/issuer.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const SECONDS = NOW / 1000;
const OTHER_TENANT = '0bad0000-0000-4000-8000-000000000000';
const ORIGIN = 'https://warden.contoso.test';

let issuer: Issuer;
let trust: TokenTrust;
let authenticator: TokenAuthenticator;

beforeAll(async () => {
  issuer = await startIssuer({ port: 0, now: () => NOW });
  trust = trustIn(issuer);
  authenticator = new TokenAuthenticator(new TokenVerifier(trust, new ManualClock({ now: NOW })), ORIGIN);
});
afterAll(() => issuer.stop());

function trustIn({ url, jwksUrl }: Issuer): TokenTrust {
  return { issuer: url, jwksUrl, audience: LOCAL_AUDIENCE, tenant: LOCAL_TENANT, scope: LOCAL_SCOPE };
}

function ask(headers: Record<string, string>, method = 'POST') {
  return authenticator.authenticate(new Headers(headers), method);
}

function bearer(token: string) {
  return { authorization: `Bearer ${token}` };
}

const Decoded = z.record(z.string(), z.unknown());
function claimsIn(token: string): Record<string, unknown> {
  const [, payload = ''] = token.split('.');
  return Decoded.parse(JSON.parse(new TextDecoder().decode(base64url.decode(payload))));
}

describe('a good token', () => {
  it('names the person by object id, with roles and groups', async () => {
    const caller = await ask(bearer(await issuer.token('bob')));

    expect(caller).toEqual({
      kind: 'person',
      actor: { kind: 'person', id: 'b0b00000-0000-4000-8000-000000000002', name: 'bob@contoso.test' },
      roles: [ROLES.read, ROLES.approve],
      groups: [ROLES.read, ROLES.approve, 'security'],
      signIn: { at: NOW, contexts: [] },
    });
  });

  it.each([
    { name: 'half a character', given: 'bob\ud83d', shown: 'bob\ufffd' },
    { name: 'a character that is cut in two', given: `${'x'.repeat(199)}\u{1f600}`, shown: 'x'.repeat(199) },
    { name: 'text that runs backwards', given: 'bob\u202ecilam', shown: 'bobcilam' },
    { name: 'nothing to see', given: '\u200b\u2800', shown: 'b0b00000-0000-4000-8000-000000000002' },
  ])('with $name in the name of the person is stored as it can be', async ({ given, shown }) => {
    const { actor } = await ask(bearer(await issuer.token('bob', { preferred_username: given })));

    expect(actor.name).toBe(shown);
    expect(() => canonicalJson({ ...actor })).not.toThrow();
  });

  it('with words that cannot be stored as they are has no such role, group or context', async () => {
    const odd = ['a\ud83d', 'b\u202e', 'x'.repeat(201)];
    const change = { roles: [ROLES.approve, ...odd], groups: ['security', ...odd], acrs: ['c1', ...odd] };
    const { roles, groups, signIn } = await ask(bearer(await issuer.token('bob', change)));

    expect(roles).toEqual([ROLES.approve]);
    expect(groups).toEqual([ROLES.approve, 'security']);
    expect(signIn?.contexts).toEqual(['c1']);
  });

  it('of an application is not a person', async () => {
    const oid = 'a9900000-0000-4000-8000-000000000009';
    const token = await issuer.token('bob', { scp: undefined, sub: oid, oid, roles: [ROLES.approve] });
    const caller = await ask(bearer(token));

    expect(caller.kind).toBe('app');
    expect(() => requirePerson(caller, ROLES.approve)).toThrow(
      expect.objectContaining({ code: 'role-missing' }),
    );
  });

  it.each([
    { name: 'just before it expires, with the tolerance', change: { exp: SECONDS - 59 }, code: undefined },
    { name: 'when it has expired, with the tolerance', change: { exp: SECONDS - 60 }, code: 'token-invalid' },
    { name: 'just before it begins, with the tolerance', change: { nbf: SECONDS + 60 }, code: undefined },
    { name: 'too long before it begins', change: { nbf: SECONDS + 61 }, code: 'token-invalid' },
  ])('counts $name', async ({ change, code }) => {
    const attempt = ask(bearer(await issuer.token('bob', change)));

    if (code === undefined) await expect(attempt).resolves.toMatchObject({ kind: 'person' });
    else await expect(attempt).rejects.toMatchObject({ code });
  });
});

describe('an attack with a token', () => {
  it.each<{ name: string; change: Record<string, unknown> }>([
    { name: 'other tenant', change: { tid: OTHER_TENANT } },
    { name: 'other issuer', change: { iss: `https://login.microsoftonline.com/${OTHER_TENANT}/v2.0` } },
    { name: 'other audience', change: { aud: 'https://vault.azure.net' } },
    { name: 'expired', change: { exp: SECONDS - 3600 } },
    { name: 'not yet valid', change: { nbf: SECONDS + 3600 } },
    { name: 'without expiry', change: { exp: undefined } },
    { name: 'without beginning', change: { nbf: undefined } },
    { name: 'id token for the API', change: { scp: undefined, nonce: 'n' } },
    { name: 'for another scope', change: { scp: 'openid profile' } },
    { name: 'scope that only contains the right one', change: { scp: `${LOCAL_SCOPE}_not` } },
    { name: 'application posing as a person', change: { idtyp: 'app' } },
    { name: 'version 1 token', change: { ver: '1.0' } },
    { name: 'without object id', change: { oid: undefined } },
    { name: 'object id of no GUID', change: { oid: 'alice' } },
    { name: 'roles of another type', change: { roles: ROLES.approve } },
    { name: 'a sign-in at a time that is none', change: { auth_time: Number.MAX_SAFE_INTEGER } },
  ])('is refused: $name', async ({ change }) => {
    const token = await issuer.token('bob', change);

    await expect(ask(bearer(token))).rejects.toMatchObject({ code: 'token-invalid' });
  });

  it('is refused: alg none, in any spelling', async () => {
    const payload = base64url.encode(JSON.stringify(claimsIn(await issuer.token('bob'))));
    for (const alg of ['none', 'None', 'NONE', '']) {
      const header = base64url.encode(JSON.stringify({ alg }));
      await expect(ask(bearer(`${header}.${payload}.`))).rejects.toMatchObject({ code: 'token-invalid' });
    }
  });

  it('is refused: signed with another key under the real key id, and with the key in the header', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const claims = claimsIn(await issuer.token('bob'));
    const { keys } = z
      .object({ keys: z.array(z.object({ kid: z.string() })) })
      .parse(await (await fetch(issuer.jwksUrl)).json());
    const kid = keys[0]?.kid ?? '';
    const jwk = { kty: 'RSA', n: 'AQAB', e: 'AQAB' };
    expect(publicKey.type).toBe('public');

    for (const header of [
      { alg: 'RS256', kid },
      { alg: 'RS256', kid: 'other' },
      { alg: 'RS256', jwk, jku: 'http://127.0.0.1:9/keys' },
    ]) {
      const token = await new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
      await expect(ask(bearer(token))).rejects.toMatchObject({ code: 'token-invalid' });
    }
  });

  it('is refused: key confusion, the public key used as an HMAC secret', async () => {
    const Jwks = z.object({
      keys: z.array(z.looseObject({ kty: z.string(), n: z.string(), e: z.string() })),
    });
    const jwk = Jwks.parse(await (await fetch(issuer.jwksUrl)).json()).keys[0];
    if (jwk === undefined) throw new Error('expected a published key');
    const key = await importJWK(jwk, 'RS256', { extractable: true });
    if (key instanceof Uint8Array) throw new Error('expected a public key');
    const input = `${base64url.encode(JSON.stringify({ alg: 'HS256', kid: 'local-1' }))}.${(await issuer.token('bob')).split('.')[1]}`;
    const signature = createHmac('sha256', await exportSPKI(key))
      .update(input)
      .digest('base64url');

    await expect(ask(bearer(`${input}.${signature}`))).rejects.toMatchObject({ code: 'token-invalid' });
  });

  it('is refused: one bit of the content changed', async () => {
    const [header, , signature] = (await issuer.token('alice')).split('.');
    const payload = claimsIn(await issuer.token('alice'));
    const forged = base64url.encode(JSON.stringify({ ...payload, roles: [ROLES.approve] }));

    await expect(ask(bearer(`${header}.${forged}.${signature}`))).rejects.toMatchObject({
      code: 'token-invalid',
    });
  });

  it.each(['', 'Bearer', 'Bearer a b', 'Basic YWxpY2U6eA==', `Bearer ${'x'.repeat(40_000)}`])(
    'is refused: Authorization %.20s',
    async (authorization) => {
      await expect(ask({ authorization })).rejects.toMatchObject({ code: 'token-invalid' });
    },
  );
});

describe('an attack with headers of the platform', () => {
  const principal = Buffer.from(JSON.stringify({ claims: [{ typ: 'roles', val: ROLES.approve }] })).toString(
    'base64',
  );

  it('is refused: forged principal headers without a token', async () => {
    const headers = {
      'x-ms-client-principal': principal,
      'x-ms-client-principal-id': 'b0b00000-0000-4000-8000-000000000002',
      'x-ms-client-principal-name': 'bob@contoso.test',
      'x-ms-client-principal-idp': 'aad',
    };

    await expect(ask(headers)).rejects.toMatchObject({ code: 'token-missing' });
  });

  it('takes the signed session token, verified like any other', async () => {
    const token = await issuer.token('bob');
    const forged = `${token.slice(0, -6)}AAAAAA`;

    await expect(ask({ 'x-ms-token-aad-access-token': token }, 'GET')).resolves.toMatchObject({
      kind: 'person',
    });
    await expect(ask({ 'x-ms-token-aad-access-token': forged }, 'GET')).rejects.toMatchObject({
      code: 'token-invalid',
    });
  });

  it('does not fall back to the session when the Authorization header is bad', async () => {
    const headers = {
      'x-ms-token-aad-access-token': await issuer.token('bob'),
      authorization: 'Bearer x.y.z',
    };

    await expect(ask(headers, 'GET')).rejects.toMatchObject({ code: 'token-invalid' });
  });

  it.each([
    { name: 'its own page', origin: ORIGIN, code: undefined },
    { name: 'another site', origin: 'https://evil.test', code: 'origin-refused' },
    { name: 'a look-alike', origin: `${ORIGIN}.evil.test`, code: 'origin-refused' },
    { name: 'an opaque origin', origin: 'null', code: 'origin-refused' },
    { name: 'nowhere', origin: undefined, code: 'origin-refused' },
  ])('lets a session change something only from $name', async ({ origin, code }) => {
    const headers = {
      'x-ms-token-aad-access-token': await issuer.token('bob'),
      ...(origin !== undefined && { origin }),
    };
    const attempt = ask(headers, 'POST');

    if (code === undefined) await expect(attempt).resolves.toMatchObject({ kind: 'person' });
    else await expect(attempt).rejects.toMatchObject({ code });
  });
});

describe('the signing keys', () => {
  it('may rotate: a token of the new key is believed, one of the old key no longer after a while', async () => {
    const own = await startIssuer({ port: 0, now: () => NOW });
    const verifier = new TokenVerifier(trustIn(own), new ManualClock({ now: NOW }));
    const old = await own.token('bob');
    await own.rotate();
    const fresh = await own.token('bob');

    await expect(verifier.verify(fresh)).resolves.toMatchObject({ kind: 'person' });
    await expect(verifier.verify(old)).rejects.toMatchObject({ code: 'token-invalid' });
    await own.stop();
  });

  it('out of reach make nobody a caller, and disarm the gate', async () => {
    const own = await startIssuer({ port: 0, now: () => NOW });
    const token = await own.token('bob');
    await own.stop();
    const clock = new ManualClock({ now: NOW });
    const verifier = new TokenVerifier(trustIn(own), clock);

    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'identity-unreachable' });
    await expect(identityProof(verifier, trustIn(own), clock)()).rejects.toMatchObject({
      code: 'identity-unreachable',
    });
  });

  it.each([
    ['500', 500, 'application/json', '{"error":"later"}'],
    ['a page of a proxy', 200, 'text/html', '<html>Sign in to the network</html>'],
    ['JSON without keys', 200, 'application/json', '{}'],
  ])('answered with %s make nobody a caller, and disarm the gate', async (_name, status, type, body) => {
    const own = await startIssuer({ port: 0, now: () => NOW });
    const token = await own.token('bob');
    const server = createServer((_request, response) =>
      response.writeHead(status, { 'content-type': type }).end(body),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const spoilt = { ...trustIn(own), jwksUrl: `http://127.0.0.1:${port}/keys` };
    const clock = new ManualClock({ now: NOW });
    const verifier = new TokenVerifier(spoilt, clock);

    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'identity-unreachable' });
    await expect(identityProof(verifier, spoilt, clock)()).rejects.toMatchObject({
      code: 'identity-unreachable',
    });
    server.close();
    await own.stop();
  });

  it('in reach, and forgeries refused, are proof that verification is on', async () => {
    const clock = new ManualClock({ now: NOW });

    await expect(identityProof(new TokenVerifier(trust, clock), trust, clock)()).resolves.toBeUndefined();
  });
});
