/** The sign-in of whoever runs the command: what fails is said in one line, at once, and the same by every command. */
import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth';
import { isWardenError, WardenError } from '../../core/errors.ts';

/** Errors of @azure/identity and core-auth that mean: nobody is signed in here. */
const NOBODY = new Set([
  'AggregateAuthenticationError',
  'AuthenticationRequiredError',
  'CredentialUnavailableError',
]);

/** What a {@link SignIn} works with. */
export interface SignInOptions {
  readonly credential: TokenCredential;
  /** What to do when nobody is signed in, like `Run: az login`. */
  readonly remedy: string;
  /** The real time, epoch milliseconds. */
  readonly now: () => number;
  /** Ends the wait for a token directly. */
  readonly signal: AbortSignal;
}

/** A credential whose every failure is `signed-out` (or `aborted`): no retry helps against it. */
export class SignIn implements TokenCredential {
  readonly #options: SignInOptions;
  /** Asked once for each process: the second answer would be the first, some seconds later. */
  #failed: WardenError | undefined;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  /** Fails with `signed-out`, or `aborted`. */
  async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken> {
    if (this.#failed !== undefined) throw this.#failed;
    const { credential, now, remedy, signal } = this.#options;
    try {
      const token = await credential.getToken(scopes, { ...options, abortSignal: signal });
      if (token === null) throw this.#signedOut(`You are not signed in. ${remedy}`);
      // A token that does not say when it expires says 0.
      if (token.expiresOnTimestamp > 0 && token.expiresOnTimestamp <= now()) {
        throw this.#signedOut(`You are not signed in any more: the token has expired. ${remedy}`);
      }
      return token;
    } catch (error) {
      if (signal.aborted) throw new WardenError('aborted', { message: 'Interrupted.', cause: error });
      throw this.#translate(error);
    }
  }

  #translate(error: unknown): WardenError {
    const { remedy } = this.#options;
    if (isWardenError(error, 'signed-out')) return error;
    if (isWardenError(error))
      return this.#signedOut(`You are not signed in: ${lower(error.message)} ${remedy}`, error);
    if (error instanceof Error && !NOBODY.has(error.name)) {
      return this.#signedOut(`You could not be signed in: ${firstLine(error.message)}. ${remedy}`, error);
    }
    return this.#signedOut(`You are not signed in. ${remedy}`, error);
  }

  #signedOut(message: string, cause?: unknown): WardenError {
    this.#failed = new WardenError('signed-out', { message, reason: 'not signed in', cause });
    return this.#failed;
  }
}

/** The SDK's words without their list of everything that was tried. */
function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.trim().replace(/\.$/, '');
}

function lower(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
