/** Gives up on a token that does not come: the libraries of identities wait as long as an endpoint says, and heed no signal. */
import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth';
import { CALL_LIMITS_MS, withinLimits } from '../http/call-limits.ts';
import { TokenTimeoutError } from '../http/fault.ts';

/** A credential whose every token comes within a limit, or not at all; the caller's signal ends the wait at once. */
export class LimitedCredential implements TokenCredential {
  readonly #inner: TokenCredential;
  readonly #limitMs: number;

  constructor(inner: TokenCredential, limitMs: number = CALL_LIMITS_MS.token) {
    this.#inner = inner;
    this.#limitMs = limitMs;
  }

  /** Fails as the credential does, with the reason of the caller's signal, or with a {@link TokenTimeoutError}. */
  async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken | null> {
    const { abortSignal } = options;
    const stop = new AbortController();
    const onAbort = () => stop.abort(abortSignal instanceof AbortSignal ? abortSignal.reason : undefined);
    if (abortSignal?.aborted === true) onAbort();
    abortSignal?.addEventListener('abort', onAbort);
    const call = { of: 'the identity endpoint', signal: stop.signal, limitMs: this.#limitMs };
    try {
      return await withinLimits(call, (signal) =>
        this.#inner.getToken(scopes, { ...options, abortSignal: signal }),
      );
    } catch (error) {
      if (stop.signal.aborted || !(error instanceof DOMException) || error.name !== 'TimeoutError')
        throw error;
      throw new TokenTimeoutError(this.#limitMs, error);
    } finally {
      abortSignal?.removeEventListener('abort', onAbort);
    }
  }
}
