/** Opens the recovery app's API for a command: where it is, and who calls. */
import { z } from 'zod';
import { TokenFileCredential } from '../../adapters/identity/credential.ts';
import { WardenError } from '../../core/errors.ts';
import { CLOUDS } from '../connect/clouds.ts';
import {
  CONNECTION_OPTIONS,
  type Connection,
  ConnectionOptions,
  connect,
  keepLocal,
} from '../connect/connection.ts';
import type { OptionSpec } from '../frame/command.ts';
import type { CliContext } from '../frame/context.ts';
import { UsageError } from '../frame/failures.ts';
import { RecoveryApi } from './api.ts';
import { localToken } from './local-token.ts';

/** Options of every recovery command. */
export const API_OPTIONS: readonly OptionSpec[] = [
  { flags: '--app-url <url>', description: 'where the recovery app is (default: WARDEN_ORIGIN)' },
  { flags: '--as <person>', description: 'with --emulator: which of the local people calls, like alice' },
  ...CONNECTION_OPTIONS,
];
/** The values of {@link API_OPTIONS}. */
export const ApiOptions = {
  ...ConnectionOptions,
  appUrl: z
    .url({ protocol: /^https?$/ })
    .transform((url) => new URL(url).origin)
    .optional(),
  as: z
    .string()
    .regex(/^[a-z]+$/, 'expected a name')
    .optional(),
};
type Options = z.output<z.ZodObject<typeof ApiOptions>>;

/** The API for this call. Fails with UsageError, or `settings-invalid`. */
export async function openApi(context: CliContext, options: Options): Promise<RecoveryApi> {
  const connection = await connect(context, options);
  const url = options.appUrl ?? recoveryUrl(connection);
  if (url === undefined) {
    throw new UsageError(
      'It is not known where the recovery app is.',
      'hsm-warden init writes a profile that knows it; or set WARDEN_ORIGIN, or give --app-url.',
    );
  }
  keepLocal(connection, url);
  return new RecoveryApi({
    url,
    token: () => tokenOf(connection, options, context),
    caPem: connection.caPem,
    signal: context.signal,
  });
}

/** What says where the recovery app is. */
export interface Place {
  readonly world: Connection['world'];
  readonly config: { readonly recovery?: { readonly origin?: string | undefined } | undefined } | undefined;
}

/** Where the recovery app is, as far as world or settings say. */
export function recoveryUrl({ world, config }: Place): string | undefined {
  return world?.recoveryUrl ?? config?.recovery?.origin;
}

async function tokenOf(
  { world, config, credential, cloud, environment }: Connection,
  { as, tokenFile }: Options,
  { signal }: Pick<CliContext, 'signal'>,
): Promise<string> {
  if (tokenFile !== undefined) return (await new TokenFileCredential(tokenFile).getToken()).token;
  if (world !== undefined) return localToken(world.issuerUrl, as, signal);
  const audience = config?.recovery?.trust.audience ?? environment.WARDEN_AUTH_AUDIENCE;
  if (audience === undefined) {
    throw new UsageError(
      'It is not known whom the recovery app takes tokens for.',
      'Set WARDEN_AUTH_TENANT and WARDEN_AUTH_AUDIENCE as the app has them.',
    );
  }
  const token = await credential.getToken(`${audience}/.default`);
  if (token !== null) return token.token;
  throw new WardenError('signed-out', { message: `You are not signed in. Run: ${CLOUDS[cloud].login}` });
}
