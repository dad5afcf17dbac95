/** The argument that names a recovery request: its id, or as much of its beginning as no other id begins with. */
import { z } from 'zod';
import type { ArgumentSpec } from '../frame/command.ts';
import { UsageError } from '../frame/failures.ts';
import type { RecoveryApi } from './api.ts';

export const ID_ARGUMENT: ArgumentSpec = {
  name: '<id>',
  description:
    'the request, as recovery list shows it; the beginning of the id is enough where it is the only one',
};

const LENGTH = 26;
/** More requests than anybody has. */
const EVERY = 100_000;

/** The value of {@link ID_ARGUMENT}. */
export const IdArgument = {
  id: z.string().regex(/^[0-9a-z]{1,26}$/, 'expected up to 26 lower-case letters and digits'),
};

/** The whole id that begins with `given`. Fails with UsageError, or as the API does. */
export async function wholeId(api: RecoveryApi, given: string): Promise<string> {
  if (given.length === LENGTH) return given;
  const ids = (await api.list({}, EVERY)).map(({ id }) => id);
  return onlyIdOf(ids, given, 'request', 'hsm-warden recovery list shows them.');
}

/** Ids that are named when a beginning is not enough. */
const NAMED = 5;

/** The one of `ids` that begins with `given`. `what`: what the ids are of, like `request`; `advice`: what shows them. Fails with UsageError. */
export function onlyIdOf(ids: readonly string[], given: string, what: string, advice: string): string {
  const found = ids.filter((id) => id.startsWith(given));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new UsageError(
    only === undefined
      ? `No ${what}'s id begins with ${given}.`
      : `${given} is the beginning of ${found.length} ids: ${found.slice(0, NAMED).join(', ')}${found.length > NAMED ? ', …' : ''}.`,
    advice,
  );
}
