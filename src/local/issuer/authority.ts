/** The HTTPS side of the local issuer: discovery, `authorize` and `token`, as MSAL wants them of an authority. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { text } from 'node:stream/consumers';
import type { CertificatePair } from '../../emulator/tls/certificates.ts';
import type { LocalPerson } from './people.ts';
import {
  type AuthorizeRequest,
  backTo,
  contextsIn,
  readAuthorize,
  type SignedIn,
  SignIns,
} from './sign-in.ts';
import { SIGN_IN_STYLE, signInPage, signInPolicy } from './sign-in-page.ts';

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
const LOOPBACK_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
const STYLE_HASH = createHash('sha256').update(SIGN_IN_STYLE).digest('base64');

/** The tokens of a sign-in. */
export interface Tokens {
  readonly accessToken: string;
  readonly idToken: string;
  readonly expiresInSeconds: number;
}

/** What the authority works with. */
export interface AuthorityOptions {
  readonly tls: CertificatePair;
  /** First part of the path, like a tenant. */
  readonly tenant: string;
  readonly people: readonly LocalPerson[];
  readonly now: () => number;
  readonly keySet: () => unknown;
  readonly tokens: (signedIn: SignedIn) => Promise<Tokens>;
}

/** The OpenID configuration of an authority at `url`. */
export function openIdConfiguration(url: string) {
  return {
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    end_session_endpoint: `${url}/logout`,
    jwks_uri: `${url}/keys`,
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    claims_parameter_supported: true,
  };
}

/** An answer before it is written. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Makes the server; it does not listen yet. `url`: the authority's own address, once it does. */
export function createAuthority(options: AuthorityOptions, url: () => string): Server {
  const signIns = new SignIns(options.now);
  const { certificate: cert, key } = options.tls;
  return createServer({ cert, key }, (request, response) => {
    void answer(request, { ...options, signIns, url: url() })
      .catch(() => plain(500, 'failed'))
      .then((made) => write(response, made));
  });
}

type Context = AuthorityOptions & { readonly signIns: SignIns; readonly url: string };

async function answer(request: IncomingMessage, context: Context): Promise<Answer> {
  // A name that was rebound to this machine is not this machine's.
  if (!LOOPBACK_HOST.test(request.headers.host ?? '')) return plain(403, 'for this machine only');
  const { pathname, searchParams } = new URL(request.url ?? '/', context.url);
  const cors = corsFor(request.headers.origin);
  switch (`${request.method} ${pathname.replace(`/${context.tenant}`, '')}`) {
    case 'GET /.well-known/openid-configuration':
      return json(200, openIdConfiguration(context.url), cors);
    case 'GET /keys':
      return json(200, context.keySet(), cors);
    case 'OPTIONS /token':
      return preflight(request, cors);
    case 'GET /authorize':
      return showPeople(readAuthorize(searchParams), context);
    case 'POST /authorize':
      return choose(request, readAuthorize(searchParams), context);
    case 'POST /token':
      return giveTokens(request, cors, context);
    case 'GET /logout':
      return plain(200, 'Signed out.');
    default:
      return plain(404, 'not found');
  }
}

function showPeople(asked: AuthorizeRequest | string, { people }: Context): Answer {
  if (typeof asked === 'string') return plain(400, asked);
  // Nobody is signed in from before: whoever must not be asked cannot sign in.
  if (asked.prompt.split(' ').includes('none')) return redirect(backTo(asked, { error: 'login_required' }));
  const hint = asked.login_hint?.split('@')[0];
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': signInPolicy(STYLE_HASH),
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    },
    body: signInPage({ people, hint, contexts: contextsIn(asked.claims) ?? [] }),
  };
}

async function choose(
  request: IncomingMessage,
  asked: AuthorizeRequest | string,
  { people, signIns, url }: Context,
): Promise<Answer> {
  if (typeof asked === 'string') return plain(400, asked);
  // A page of another site must not choose for the person.
  const { origin } = request.headers;
  if (origin !== undefined && origin !== new URL(url).origin) return plain(403, 'for its own page only');
  const person = new URLSearchParams(await text(request)).get('person') ?? '';
  if (!people.some(({ name }) => name === person)) return plain(400, 'there is nobody of this name');
  return redirect(backTo(asked, { code: signIns.codeFor(asked, person) }));
}

async function giveTokens(
  request: IncomingMessage,
  cors: Answer['headers'],
  { signIns, tokens }: Context,
): Promise<Answer> {
  const grant = signIns.redeem(new URLSearchParams(await text(request)));
  if ('error' in grant) return json(400, { error: grant.error, error_description: grant.why }, cors);
  const { accessToken, idToken, expiresInSeconds } = await tokens(grant.signedIn);
  const body = {
    token_type: 'Bearer',
    scope: grant.signedIn.scope,
    expires_in: expiresInSeconds,
    access_token: accessToken,
    id_token: idToken,
    refresh_token: grant.refreshToken,
  };
  return json(200, body, cors);
}

function preflight({ headers }: IncomingMessage, cors: Answer['headers']): Answer {
  const asked = headers['access-control-request-headers'] ?? '';
  return {
    status: 204,
    headers: { ...cors, 'access-control-allow-methods': 'POST', 'access-control-allow-headers': asked },
  };
}

/** Pages of this machine may read the answers; those of other sites may not. */
function corsFor(origin: string | undefined): Answer['headers'] {
  if (origin === undefined || !LOOPBACK_ORIGIN.test(origin)) return {};
  return { 'access-control-allow-origin': origin, vary: 'origin' };
}

function redirect(location: string): Answer {
  return { status: 303, headers: { location, 'referrer-policy': 'no-referrer' } };
}

function json(status: number, value: unknown, headers: Answer['headers']): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

function plain(status: number, words: string): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${words}\n` };
}

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { 'cache-control': 'no-store', ...headers }).end(body);
}
