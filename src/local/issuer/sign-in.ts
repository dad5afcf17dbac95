/**
 * Signing in at the local issuer as at Entra: the authorization code flow with PKCE. What is remembered between its steps is kept
 * here; how it comes over HTTP is the server's business.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const CODE_MS = 60_000;
/** Beyond these the oldest are forgotten: whoever holds one signs in again. */
const MOST_KEPT = 1_000;
const LOOPBACK_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** A challenge of the API, as clients hand it on: https://learn.microsoft.com/entra/identity-platform/claims-challenge */
const Claims = z.looseObject({
  access_token: z
    .looseObject({
      acrs: z
        .looseObject({ value: z.string().exactOptional(), values: z.array(z.string()).exactOptional() })
        .exactOptional(),
    })
    .exactOptional(),
});

const AuthorizeQuery = z.object({
  client_id: z.string().min(1),
  redirect_uri: z.url(),
  response_type: z.literal('code'),
  response_mode: z.enum(['query', 'fragment']).default('query'),
  scope: z.string().min(1),
  state: z.string().default(''),
  nonce: z.string().exactOptional(),
  code_challenge: z.string().regex(/^[\w-]{43}$/),
  code_challenge_method: z.literal('S256'),
  prompt: z.string().default(''),
  login_hint: z.string().exactOptional(),
  claims: z.string().exactOptional(),
});
/** A request to sign in, checked. */
export type AuthorizeRequest = z.output<typeof AuthorizeQuery>;

/** Who signed in, when (epoch milliseconds), for which client, and what the tokens are to say beyond that. */
export interface SignedIn {
  readonly person: string;
  readonly at: number;
  readonly clientId: string;
  readonly scope: string;
  readonly nonce: string | undefined;
  /** Authentication contexts that were asked for. */
  readonly contexts: readonly string[];
}

/** What the token endpoint answers: who it is for with a new refresh token, or the error of RFC 6749 section 5.2. */
export type Grant =
  | { readonly signedIn: SignedIn; readonly refreshToken: string }
  | { readonly error: 'invalid_request' | 'invalid_grant' | 'unsupported_grant_type'; readonly why: string };

interface PendingCode {
  readonly signedIn: SignedIn;
  readonly challenge: string;
  readonly redirectUri: string;
  readonly until: number;
}

/** Reads a request to sign in; a sentence when it is none. Only pages of this machine get answers. */
export function readAuthorize(query: URLSearchParams): AuthorizeRequest | string {
  const parsed = AuthorizeQuery.safeParse(Object.fromEntries(query));
  if (!parsed.success) return z.prettifyError(parsed.error);
  const { origin, hash } = new URL(parsed.data.redirect_uri);
  if (!LOOPBACK_ORIGIN.test(origin) || hash !== '') return 'redirect_uri is not a page of this machine';
  return contextsIn(parsed.data.claims) === undefined
    ? 'claims is not JSON of a claims request'
    : parsed.data;
}

/** The authentication contexts that `claims` asks for; undefined when it cannot be read. */
export function contextsIn(claims: string | undefined): readonly string[] | undefined {
  if (claims === undefined) return [];
  try {
    const { access_token: wanted } = Claims.parse(JSON.parse(claims));
    const { value, values = [] } = wanted?.acrs ?? {};
    return value === undefined ? values : [value, ...values];
  } catch {
    return undefined;
  }
}

/** Where the browser goes back to, with `answer` as the request wants it. */
export function backTo(
  { redirect_uri: uri, response_mode: mode, state }: AuthorizeRequest,
  answer: Readonly<Record<string, string>>,
): string {
  const parameters = new URLSearchParams({ ...answer, ...(state === '' ? {} : { state }) });
  if (mode === 'fragment') return `${uri}#${parameters}`;
  return `${uri}${uri.includes('?') ? '&' : '?'}${parameters}`;
}

/** The codes and refresh tokens that were given out. */
export class SignIns {
  readonly #now: () => number;
  readonly #codes = new Map<string, PendingCode>();
  readonly #refresh = new Map<string, SignedIn>();

  /** `now`: epoch milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A code for `person`, good once and for a minute. */
  codeFor(request: AuthorizeRequest, person: string): string {
    const code = randomBytes(32).toString('base64url');
    const signedIn = {
      person,
      at: this.#now(),
      clientId: request.client_id,
      scope: request.scope,
      nonce: request.nonce,
      contexts: contextsIn(request.claims) ?? [],
    };
    const { code_challenge: challenge, redirect_uri: redirectUri } = request;
    keep(this.#codes, code, { signedIn, challenge, redirectUri, until: this.#now() + CODE_MS });
    return code;
  }

  /** What the form of a token request is worth. */
  redeem(form: URLSearchParams): Grant {
    const grant = form.get('grant_type');
    if (grant === 'authorization_code') return this.#redeemCode(form);
    if (grant === 'refresh_token') return this.#redeemRefresh(form);
    return { error: 'unsupported_grant_type', why: `grant_type ${grant ?? 'is missing'}` };
  }

  #redeemCode(form: URLSearchParams): Grant {
    const code = form.get('code') ?? '';
    const pending = this.#codes.get(code);
    // Good once, whatever becomes of it: a second holder is a thief.
    this.#codes.delete(code);
    if (pending === undefined || pending.until <= this.#now())
      return refused('the code is unknown or too old');
    const { signedIn, challenge, redirectUri } = pending;
    if (form.get('redirect_uri') !== redirectUri) return refused('redirect_uri is another one');
    if (form.get('client_id') !== signedIn.clientId) return refused('client_id is another one');
    if (!isProof(form.get('code_verifier') ?? '', challenge))
      return refused('code_verifier is not that of the challenge');
    return this.#grant(signedIn);
  }

  #redeemRefresh(form: URLSearchParams): Grant {
    const token = form.get('refresh_token') ?? '';
    const signedIn = this.#refresh.get(token);
    this.#refresh.delete(token);
    if (signedIn === undefined || form.get('client_id') !== signedIn.clientId)
      return refused('the refresh token is unknown');
    // A sign-in does not become younger by being prolonged.
    return this.#grant({ ...signedIn, nonce: undefined });
  }

  #grant(signedIn: SignedIn): Grant {
    const refreshToken = randomBytes(32).toString('base64url');
    keep(this.#refresh, refreshToken, signedIn);
    return { signedIn, refreshToken };
  }
}

function keep<T>(kept: Map<string, T>, name: string, value: T): void {
  kept.set(name, value);
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
}

/** RFC 7636 section 4.6. */
function isProof(verifier: string, challenge: string): boolean {
  const made = Buffer.from(createHash('sha256').update(verifier).digest('base64url'));
  const asked = Buffer.from(challenge);
  return made.length === asked.length && timingSafeEqual(made, asked);
}

function refused(why: string): Grant {
  return { error: 'invalid_grant', why };
}
