/** Signing in at the local issuer over TLS, as a browser and MSAL do it. */
import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, createLeaf } from '../../../src/emulator/tls/certificates.ts';
import { type Issuer, LOCAL_AUDIENCE, startIssuer } from '../../../src/local/issuer/issuer.ts';

const APP = 'http://127.0.0.1:7072/';
const START = Date.UTC(2026, 0, 1);
const VERIFIER = randomBytes(32).toString('base64url');
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

let issuer: Issuer;
let ca: string;
let now = START;
beforeAll(async () => {
  const authority = await createAuthority(Date.now());
  ca = authority.certificate;
  const tls = await createLeaf(authority, 'login', Date.now());
  issuer = await startIssuer({ port: 0, now: () => now, authority: { port: 0, tls } });
});
afterAll(() => issuer.stop());

interface Call {
  readonly form?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly method?: string;
}

function send(path: string, { form, headers = {}, method = form === undefined ? 'GET' : 'POST' }: Call = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      const sent = request(
        `${issuer.name}${path}`,
        { ca, method, headers, servername: 'localhost' },
        (answer) => {
          text(answer).then(
            (body) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }),
            reject,
          );
        },
      );
      sent.on('error', reject);
      sent.end(form === undefined ? undefined : new URLSearchParams(form).toString());
    },
  );
}

function authorizePath(change: Record<string, string> = {}): string {
  const query = {
    client_id: LOCAL_AUDIENCE,
    redirect_uri: APP,
    response_type: 'code',
    response_mode: 'fragment',
    scope: `${LOCAL_AUDIENCE}/access_as_user openid profile offline_access`,
    state: 'where-i-was',
    nonce: 'once',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...change,
  };
  return `/authorize?${new URLSearchParams(query)}`;
}

async function codeOf(person: string, change: Record<string, string> = {}): Promise<string> {
  const { headers } = await send(authorizePath(change), { form: { person } });
  return new URLSearchParams(new URL(String(headers.location)).hash.slice(1)).get('code') ?? '';
}

function redeem(code: string, change: Record<string, string> = {}) {
  const form = {
    grant_type: 'authorization_code',
    code,
    code_verifier: VERIFIER,
    redirect_uri: APP,
    client_id: LOCAL_AUDIENCE,
    ...change,
  };
  return send('/token', { form, headers: { origin: 'http://127.0.0.1:7072' } });
}

describe('signing in at the local authority', () => {
  it('shows the people, and what is asked of them', async () => {
    const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: 'c1' } } });
    const { status, body, headers } = await send(authorizePath({ claims, login_hint: 'bob@contoso.test' }));

    expect(status).toBe(200);
    for (const name of ['alice', 'bob', 'carol', 'dave']) expect(body).toContain(`value="${name}"`);
    expect(body).toContain('value="bob" autofocus');
    expect(body).toContain('(c1)');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('gives the chosen person tokens for the code and its verifier, once', async () => {
    now = START;
    const code = await codeOf('carol');
    now = START + 30_000;
    const first = await redeem(code);
    const tokens = JSON.parse(first.body);

    expect(first.headers['access-control-allow-origin']).toBe('http://127.0.0.1:7072');
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      iss: issuer.name,
      aud: LOCAL_AUDIENCE,
      scp: 'access_as_user',
      auth_time: START / 1000,
    });
    expect(decodeJwt(tokens.id_token)).toMatchObject({ aud: LOCAL_AUDIENCE, nonce: 'once', name: 'carol' });
    expect(tokens.scope).toContain('access_as_user');
    expect(JSON.parse((await redeem(code)).body)).toMatchObject({ error: 'invalid_grant' });
  });

  it('puts the authentication context that was asked for into the token, and no other', async () => {
    const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: 'c7' } } });
    const asked = JSON.parse((await redeem(await codeOf('bob', { claims }))).body);
    const plain = JSON.parse((await redeem(await codeOf('bob'))).body);

    expect(decodeJwt(asked.access_token).acrs).toEqual(['c7']);
    expect(decodeJwt(plain.access_token).acrs).toBeUndefined();
  });

  it('keeps the time of the sign-in when a token is renewed', async () => {
    now = START;
    const { refresh_token } = JSON.parse((await redeem(await codeOf('bob'))).body);
    now = START + 3_600_000;
    const form = { grant_type: 'refresh_token', refresh_token, client_id: LOCAL_AUDIENCE };
    const renewed = JSON.parse((await send('/token', { form })).body);

    expect(decodeJwt(renewed.access_token)).toMatchObject({ iat: now / 1000, auth_time: START / 1000 });
    expect(JSON.parse((await send('/token', { form })).body)).toMatchObject({ error: 'invalid_grant' });
    now = START;
  });

  it.each([
    ['another verifier', { code_verifier: 'x'.repeat(43) }],
    ['no verifier', { code_verifier: '' }],
    ['another page', { redirect_uri: 'http://127.0.0.1:9999/' }],
    ['another client', { client_id: 'somebody' }],
  ])('refuses a code with %s, and the code is used up', async (_, change) => {
    const code = await codeOf('bob');

    expect(JSON.parse((await redeem(code, change)).body)).toMatchObject({ error: 'invalid_grant' });
    expect((await redeem(code)).status).toBe(400);
  });

  it('refuses a code a minute later', async () => {
    now = START;
    const code = await codeOf('bob');
    now = START + 60_000;

    expect((await redeem(code)).status).toBe(400);
    now = START;
  });

  it.each([
    ['a page of another machine', { redirect_uri: 'https://evil.test/' }],
    ['a name that only begins like this machine', { redirect_uri: 'http://127.0.0.1.evil.test/' }],
    ['no proof key', { code_challenge: '' }],
    ['a plain proof key', { code_challenge_method: 'plain' }],
    ['a token directly', { response_type: 'token' }],
    ['claims that are no JSON', { claims: '{' }],
  ])('goes nowhere for %s', async (_, change) => {
    for (const call of [{}, { form: { person: 'bob' } }]) {
      const { status, headers } = await send(authorizePath(change), call);
      expect([status, headers.location]).toEqual([400, undefined]);
    }
  });

  it('goes back with login_required to whoever must not be asked', async () => {
    const { headers } = await send(authorizePath({ prompt: 'none' }));

    expect(headers.location).toBe(`${APP}#error=login_required&state=where-i-was`);
  });

  it.each([
    [
      'a page of another site that chooses',
      authorizePath(),
      { form: { person: 'bob' }, headers: { origin: 'https://evil.test' } },
      403,
    ],
    ['a stranger', authorizePath(), { form: { person: 'eve' } }, 400],
    ['a rebound name', '/keys', { headers: { host: 'evil.test' } }, 403],
    ['an unknown grant', '/token', { form: { grant_type: 'password' } }, 400],
  ] as const)('answers %s with %s', async (_, path, call, expected) => {
    expect((await send(path, call)).status).toBe(expected);
  });

  it('lets no page of another site read a token', async () => {
    const { headers } = await send('/token', { method: 'OPTIONS', headers: { origin: 'https://evil.test' } });

    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('describes itself as the issuer of its tokens', async () => {
    const { body } = await send('/.well-known/openid-configuration');

    expect(JSON.parse(body)).toEqual(JSON.parse(issuer.metadata));
    expect(JSON.parse(body)).toMatchObject({ issuer: issuer.name, token_endpoint: `${issuer.name}/token` });
  });
});
