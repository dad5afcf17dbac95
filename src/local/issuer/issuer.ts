/** A token issuer for this machine: what Entra does for the product in Azure, with a few named people and no passwords. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { definedOnly } from '../../core/defined-only.ts';
import type { CertificatePair } from '../../emulator/tls/certificates.ts';
import { createAuthority, openIdConfiguration, type Tokens } from './authority.ts';
import { EVENT_GRID, type LocalPerson, PEOPLE } from './people.ts';
import type { SignedIn } from './sign-in.ts';

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
  /** With it people sign in by a browser, too, at an authority of its own over TLS. */
  readonly authority?: { readonly port: number; readonly tls: CertificatePair };
}

/** A running issuer. */
export interface Issuer {
  /** The server's own address. */
  readonly url: string;
  /** The `iss` of its tokens: the authority that browsers sign in at where there is one, else the address. */
  readonly name: string;
  /** JSON of the OpenID configuration of the authority. */
  readonly metadata: string;
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
  const url = `http://127.0.0.1:${await listen(server, options.port)}`;
  let name = url;
  const authority =
    options.authority === undefined
      ? undefined
      : createAuthority(
          {
            tls: options.authority.tls,
            tenant: LOCAL_TENANT,
            people,
            now,
            keySet: () => ({ keys: [signing.jwk] }),
            tokens: tokensOf,
          },
          () => name,
        );
  if (authority !== undefined) {
    name = `https://127.0.0.1:${await listen(authority, options.authority?.port ?? 0)}/${LOCAL_TENANT}`;
  }

  async function token(who: string, change: Readonly<Record<string, unknown>> = {}): Promise<string> {
    return sign({ ...claimsOf(personCalled(who), name, now()), ...change });
  }

  function personCalled(who: string): LocalPerson {
    const person = people.find((known) => known.name === who);
    if (person === undefined) throw new Error(`there is nobody called ${who}`);
    return person;
  }

  async function tokensOf({ person, at, clientId, nonce, contexts }: SignedIn): Promise<Tokens> {
    const signIn = {
      auth_time: Math.floor(at / 1000),
      ...(contexts.length === 0 ? {} : { acrs: [...contexts] }),
    };
    const {
      scp: _scope,
      roles: _roles,
      groups: _groups,
      ...who
    } = claimsOf(personCalled(person), name, now());
    const idToken = {
      ...who,
      ...signIn,
      aud: clientId,
      name: person,
      ...definedOnly({ nonce }),
    };
    return {
      accessToken: await token(person, signIn),
      idToken: await sign(idToken),
      expiresInSeconds: TOKEN_SECONDS,
    };
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
      send(response, 200, 'application/json', JSON.stringify({ issuer: name, jwks_uri: `${url}/keys` }));
    } else if (pathname === '/token' && people.some(({ name }) => name === searchParams.get('person'))) {
      send(response, 200, 'text/plain', await token(searchParams.get('person') ?? ''));
    } else {
      const names = people.map(({ name }) => name).join(', ');
      send(response, 404, 'text/plain', `GET /token?person=… for one of: ${names}\n`);
    }
  }

  return {
    url,
    name,
    metadata: JSON.stringify(openIdConfiguration(name)),
    jwksUrl: `${url}/keys`,
    token,
    appToken: (change = {}) => sign({ ...appClaims(name, now()), ...change }),
    async rotate() {
      signing = await makeKey(signing.number + 1);
    },
    async stop() {
      for (const one of [server, ...(authority === undefined ? [] : [authority])]) {
        one.closeAllConnections();
        await new Promise<void>((resolve) => one.close(() => resolve()));
      }
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
    // Without a browser nobody signs in: each token is that of a sign-in of this moment.
    auth_time: Math.floor(now / 1000),
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

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(portOf(server.address())));
  });
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('expected the issuer to have a port');
  return address.port;
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
