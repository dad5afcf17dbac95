/** The token that a call carries. */
import type { Session } from '../session/entrance.ts';
import { ApiProblem } from './problem.ts';

/**
 * A token of the session. Renewing one asks the identity provider, which may not answer either: after `patienceMs` milliseconds
 * nobody waits any more. Fails with {@link ApiProblem}, or the reason of `signal`.
 */
export async function tokenOf(
  session: Pick<Session, 'token'>,
  signal: AbortSignal | undefined,
  patienceMs: number,
): Promise<string> {
  const limit = AbortSignal.timeout(patienceMs);
  const end = new AbortController();
  const ended = new Promise<never>((_resolve, reject) => {
    for (const one of [limit, ...(signal === undefined ? [] : [signal])]) {
      if (one.aborted) reject(one.reason);
      one.addEventListener('abort', () => reject(one.reason), { signal: end.signal });
    }
  });
  try {
    return await Promise.race([session.token(), ended]);
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new ApiProblem({
      status: 0,
      code: 'sign-in-failed',
      message: limit.aborted
        ? `The sign-in could not be renewed within ${patienceMs / 1000} seconds.`
        : `The sign-in could not be renewed: ${cause instanceof Error ? cause.message : String(cause)}`,
      advice: 'If it stays so, load the page again and sign in.',
    });
  } finally {
    end.abort();
  }
}
