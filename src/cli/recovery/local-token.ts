/** Tokens of the people of the local world, from its issuer. */
import { CALL_LIMITS_MS } from '../../adapters/http/call-limits.ts';
import { WardenError } from '../../core/errors.ts';
import { sendOnce } from '../connect/http-call.ts';
import { UsageError } from '../frame/failures.ts';

/**
 * A token of one of the local people. Fails with UsageError when nobody is named, or somebody whom the issuer does not know;
 * with `identity-unreachable` when it does not answer in time, and with `aborted`.
 */
export async function localToken(
  issuerUrl: string | undefined,
  person: string | undefined,
  signal: AbortSignal,
  timeoutMs: number = CALL_LIMITS_MS.token,
): Promise<string> {
  if (person === undefined || issuerUrl === undefined) {
    throw new UsageError(
      'Who calls is not known.',
      'Add --as with one of the local people: alice, bob, carol, dave.',
    );
  }
  const url = `${issuerUrl}/token?person=${encodeURIComponent(person)}`;
  const asked = sendOnce({ url, method: 'GET', timeoutMs, caPem: undefined, signal });
  const { status, bodyAsText } = await asked.catch((cause: unknown) => {
    throw signal.aborted
      ? new WardenError('aborted', { message: 'Interrupted.', cause })
      : new WardenError('identity-unreachable', {
          message: `The issuer of the local people's tokens at ${issuerUrl} does not answer.`,
          advice: 'Is the local world running? Start it again: npm start',
          cause,
        });
  });
  const text = bodyAsText ?? '';
  if (status === 200) return text;
  throw new UsageError(`There is nobody called ${person} in the local world.`, text.trim());
}
