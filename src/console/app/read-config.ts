/** Reads how people sign in: the one call that needs no token. */
import { PATIENCE_MS } from '../api/client.ts';
import type { Config } from '../api/model.ts';
import { ApiProblem } from '../api/problem.ts';

/** The configuration. Fails with {@link ApiProblem}. */
export async function readConfig(): Promise<Config> {
  const limit = AbortSignal.timeout(PATIENCE_MS);
  let response: Response;
  try {
    response = await fetch('/api/console/config', {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: limit,
    });
  } catch {
    const message = limit.aborted
      ? `There was no answer within ${PATIENCE_MS / 1000} seconds.`
      : 'The app could not be reached.';
    throw new ApiProblem({ status: 0, code: 'no-answer', message });
  }
  if (!response.ok) {
    throw new ApiProblem({
      status: response.status,
      code: 'config-unavailable',
      message: `The app answered ${response.status} when it was asked how people sign in.`,
      advice: 'Its settings may not be valid: hsm-warden doctor says what is wrong.',
    });
  }
  return response.json();
}
