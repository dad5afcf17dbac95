/** Reads the token of an HTTP request: the Authorization header, or the signed token that App Service hands on for a session. */

import { WardenError } from '../../core/errors.ts';
import type { HeaderReader } from '../../core/route.ts';
import type { Authenticator, Caller } from '../../features/recovery/access/caller.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** The token that App Service Authentication keeps for a signed-in browser. The `X-MS-CLIENT-PRINCIPAL*` headers are never read. */
const SESSION_TOKEN = 'x-ms-token-aad-access-token';
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** An {@link Authenticator} over verified tokens only. */
export class TokenAuthenticator implements Authenticator {
  readonly #verifier: TokenVerifier;
  readonly #origin: string | undefined;

  /** `origin` is that of the product's own pages, e.g. `https://warden.contoso.com`; without one no session may change anything. */
  constructor(verifier: TokenVerifier, origin?: string) {
    this.#verifier = verifier;
    this.#origin = origin;
  }

  async authenticate(headers: HeaderReader, method: string): Promise<Caller> {
    const authorization = headers.get('authorization');
    if (authorization !== null) return this.#verifier.verify(bearerToken(authorization));
    const session = headers.get(SESSION_TOKEN);
    if (session === null) {
      throw new WardenError('token-missing', {
        message: 'The request carries no access token.',
        advice: 'Send it as: Authorization: Bearer <token>.',
      });
    }
    // The browser adds the session's cookie on its own, also to a request that another site made it send.
    if (!SAFE_METHODS.includes(method.toUpperCase())) this.#requireOwnOrigin(headers.get('origin'));
    return this.#verifier.verify(session);
  }

  #requireOwnOrigin(origin: string | null): void {
    if (origin !== null && origin === this.#origin) return;
    throw new WardenError('origin-refused', {
      message: 'A change in a browser session must come from the product’s own pages.',
      advice: 'Use the pages of the product, or send the token in the Authorization header.',
    });
  }
}

/** RFC 6750 section 2.1. */
function bearerToken(authorization: string): string {
  const match = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization);
  if (match?.[1] !== undefined) return match[1];
  throw new WardenError('token-invalid', {
    message: 'The Authorization header holds no bearer token.',
    advice: 'Send it as: Authorization: Bearer <token>.',
  });
}
