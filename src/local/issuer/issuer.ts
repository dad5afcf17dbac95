/** A token issuer for this machine: what Entra does for the product in Azure, with a few named people and no passwords. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { EVENT_GRID, type LocalPerson, PEOPLE } from './people.ts';

/** The tenant of the local directory. */
export const LOCAL_TENANT = '10ca1000-0000-4000-8000-000000000000';
/** What local tokens are for. */
export const LOCAL_AUDIENCE = 'api://hsm-warden.local';
/** The delegated scope of a person's token. */
export const LOCAL_SCOPE = 'access_as_user';

const TOKEN_SECONDS = 3600;
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** How an issuer is started. */
export interface IssuerOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** The time, epoch milliseconds. */
  readonly now: () => number;
  readonly people?: readonly LocalPerson[];
}

/** A running issuer. */
export interface Issuer {
  /** The `iss` of its tokens; the server's own address. */
  readonly url: string;
  readonly jwksUrl: string;
  /** A token of a person, with `change` over its claims. Fails for a name nobody has. */
  token(person: string, change?: Readonly<Record<string, unknown>>): Promise<string>;
  /** A token of Event Grid's application, with `change` over its claims. It is never given over HTTP. */
  appToken(change?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Signs with a new key from now on; the old one is no longer published. */
  rotate(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the issuer on 127.0.0.1: `GET /token?person=alice` answers with a token, `GET /keys` with the signing keys. */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const { now, people = PEOPLE } = options;
  let signing = await makeKey(1);
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${portOf(server.address())}`;

  async function token(name: string, change: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const person = people.find((known) => known.name === name);
    if (person === undefined) throw new Error(`there is nobody called ${name}`);
    return sign({ ...claimsOf(person, url, now()), ...change });
  }

  function sign(claims: JWTPayload): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: signing.kid })
      .sign(signing.key);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A page of another site, opened in a browser on this machine, must not get at tokens.
    if (!LOOPBACK_HOST.test(request.headers.host ?? '') || request.headers.origin !== undefined) {
      send(response, 403, 'text/plain', 'for this machine only');
      return;
    }
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    if (pathname === '/keys') {
      send(response, 200, 'application/json', JSON.stringify({ keys: [signing.jwk] }));
    } else if (pathname === '/.well-known/openid-configuration') {
      send(response, 200, 'application/json', JSON.stringify({ issuer: url, jwks_uri: `${url}/keys` }));
    } else if (pathname === '/token' && people.some(({ name }) => name === searchParams.get('person'))) {
      send(response, 200, 'text/plain', await token(searchParams.get('person') ?? ''));
    } else {
      const names = people.map(({ name }) => name).join(', ');
      send(response, 404, 'text/plain', `GET /token?person=… for one of: ${names}\n`);
    }
  }

  return {
    url,
    jwksUrl: `${url}/keys`,
    token,
    appToken: (change = {}) => sign({ ...appClaims(url, now()), ...change }),
    async rotate() {
      signing = await makeKey(signing.number + 1);
    },
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function makeKey(number: number) {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = `local-${number}`;
  const key: CryptoKey = privateKey;
  return { number, kid, key, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } };
}

function claimsOf(person: LocalPerson, issuer: string, now: number): JWTPayload {
  return {
    ...commonClaims(issuer, now),
    oid: person.oid,
    sub: `sub-of-${person.name}`,
    scp: LOCAL_SCOPE,
    roles: [...person.roles],
    groups: [...person.groups],
    preferred_username: `${person.name}@contoso.test`,
  };
}

/** As Entra makes them for client credentials: no scope, the subject is the object, `azp` is the client. */
function appClaims(issuer: string, now: number): JWTPayload {
  const { appId, oid, roles } = EVENT_GRID;
  return { ...commonClaims(issuer, now), azp: appId, oid, sub: oid, roles: [...roles] };
}

function commonClaims(iss: string, now: number): JWTPayload {
  const seconds = Math.floor(now / 1000);
  const times = { iat: seconds, nbf: seconds, exp: seconds + TOKEN_SECONDS };
  return { iss, aud: LOCAL_AUDIENCE, tid: LOCAL_TENANT, ver: '2.0', ...times };
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('expected the issuer to have a port');
  return address.port;
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
