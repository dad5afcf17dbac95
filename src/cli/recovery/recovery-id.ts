/** The argument that names a recovery request: its id, or as much of its beginning as no other id begins with. */
import { z } from 'zod';
import type { ArgumentSpec } from '../frame/command.ts';
import type { RecoveryApi } from './api.ts';
import { onlyIdOf } from './unique-prefix.ts';

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
