/** How the command line reaches HSMs and storage: whose credential, which certificate authority, which settings. */

import type { TokenCredential } from '@azure/core-auth';
import { z } from 'zod';
import { readCaFile } from '../../adapters/http/tls.ts';
import { surroundingIdentity, TokenFileCredential } from '../../adapters/identity/credential.ts';
import { definedOnly } from '../../core/defined-only.ts';
import { isLoopback } from '../../core/settings/kinds.ts';
import { type Config, type Environment, readConfig } from '../../platform/config/config.ts';
import type { OptionSpec } from '../frame/command.ts';
import type { CliContext } from '../frame/context.ts';
import { UsageError } from '../frame/failures.ts';
import { chooseSettings } from './choose-profile.ts';
import { CLOUD_NAMES, CLOUDS, type CloudName, cloudOf } from './clouds.ts';
import { sendOnce } from './http-call.ts';
import { ProfileName } from './profile.ts';
import { SignIn } from './sign-in.ts';
import { followWorldClock } from './world-clock.ts';
import { readWorldFile, WorldCredential, type WorldFile, worldSettings } from './world-file.ts';

/** Options of every command that reaches out. */
export const CONNECTION_OPTIONS: readonly OptionSpec[] = [
  { flags: '--emulator', description: 'work on the local world that npm start runs, as its administrator' },
  {
    flags: '--profile <name>',
    description: 'go by this profile, as init wrote it (default: the one in use)',
  },
  { flags: '--cloud <name>', description: 'the cloud of names and sign-in', choices: CLOUD_NAMES },
  { flags: '--ca-file <path>', description: 'PEM of the certificate authority of an HSM on this machine' },
  { flags: '--token-file <path>', description: 'file with the token for an HSM on this machine' },
];

/** The values of {@link CONNECTION_OPTIONS}. */
export const ConnectionOptions = {
  emulator: z.boolean().optional(),
  profile: ProfileName.optional(),
  cloud: z.enum(CLOUD_NAMES).optional(),
  caFile: z.string().min(1).optional(),
  tokenFile: z.string().min(1).optional(),
};
/** With the URL of what a command is about, where it takes one: its host says which cloud it is in. */
type Options = z.infer<z.ZodObject<typeof ConnectionOptions>> & { readonly id?: string | undefined };

/** The way out. */
export interface Connection {
  readonly credential: TokenCredential;
  readonly caPem: string | undefined;
  readonly cloud: CloudName;
  /** The running local world; only with `--emulator`. */
  readonly world: WorldFile | undefined;
  /** By how many milliseconds the local world's HSMs, and with them this process's clock, are ahead of the real time. */
  readonly aheadMs: number;
  /** What the settings were read from: the environment, or with a profile what that has in its place. */
  readonly environment: Environment;
  /** The profile they are of, if they are of one. */
  readonly profile?: string;
  /** The product's settings; undefined when none are set. */
  readonly config: Config | undefined;
  /** Whether credential and authority are for this machine only. */
  readonly local: boolean;
}

/**
 * Opens the way. Fails with UsageError, also where the local world is not running, or `settings-invalid`
 * when settings are there but wrong.
 */
export async function connect(context: CliContext, options: Options): Promise<Connection> {
  if (options.emulator === true) {
    const { environment } = context;
    const cloud = options.cloud ?? 'AzureCloud';
    const world = await readWorldFile(environment);
    const config = readConfig(worldSettings(world, environment));
    const caPem = readCaFile(world.caFile);
    const aheadMs = await followWorldClock(world, caPem, context.signal);
    if (aheadMs === undefined) await requireRunning(world, caPem, context.signal);
    const credential = new SignIn({
      credential: new WorldCredential(world),
      remedy: 'Start the local world again: npm start',
      // The world's tokens are as long-lived as its clock can be moved; its HSMs and its storage have two clocks.
      now: () => 0,
      signal: context.signal,
    });
    return { credential, caPem, cloud, world, aheadMs: aheadMs ?? 0, config, environment, local: true };
  }
  const chosen = await chooseSettings(context.environment, options.profile);
  const { environment, profile } = chosen;
  const cloud = options.cloud ?? cloudOf(options.id) ?? chosen.cloud ?? 'AzureCloud';
  const tokenFile = options.tokenFile ?? environment.WARDEN_TOKEN_FILE;
  const caFile = options.caFile ?? environment.WARDEN_CA_FILE;
  return {
    credential: new SignIn({
      ...(tokenFile === undefined
        ? { credential: surroundingIdentity(CLOUDS[cloud].authority), remedy: `Run: ${CLOUDS[cloud].login}` }
        : { credential: new TokenFileCredential(tokenFile), remedy: `Write a new token into ${tokenFile}` }),
      now: context.clock.now,
      signal: context.signal,
    }),
    caPem: caFile === undefined ? undefined : readCaFile(caFile),
    cloud,
    world: undefined,
    aheadMs: 0,
    config: personalConfig(environment),
    environment,
    ...definedOnly({ profile }),
    local: tokenFile !== undefined || caFile !== undefined,
  };
}

/** What a command that is proposed to the reader has to say, too, to mean the world this one ran in. */
export function sameWorld({ world }: Pick<Connection, 'world'>): string {
  return world === undefined ? '' : ' --emulator';
}

/** The same settings as the app's, but with the person's own credential in place of the app's identity. */
function personalConfig(environment: Environment): Config | undefined {
  const named = Object.entries(environment).some(
    ([name, value]) => name.startsWith('WARDEN_') && value !== undefined && value.trim() !== '',
  );
  if (!named) return undefined;
  const own = environment.WARDEN_CREDENTIAL === 'token-file' ? 'token-file' : 'default';
  return readConfig({ ...environment, WARDEN_CREDENTIAL: own });
}

/** The product's settings, which the warden's own commands need. Fails with UsageError when there are none. */
export function requireConfig({ config }: Connection): Config {
  if (config !== undefined) return config;
  throw new UsageError(
    'No settings were found: this command needs to know the HSMs and where the backups are.',
    'hsm-warden init writes them into a profile; or set WARDEN_HSMS and WARDEN_BACKUP_URL as docs/configuration.md says, or use --emulator.',
  );
}

/** A token file or authority of one's own must not meet a host elsewhere. Fails with UsageError. */
export function keepLocal({ local }: Connection, url: string): void {
  if (!local || isLoopback(url)) return;
  throw new UsageError(
    `${url} is not on this machine, but a token file or CA file is set.`,
    'Leave --token-file, --ca-file, WARDEN_TOKEN_FILE and WARDEN_CA_FILE out for an HSM in Azure.',
  );
}

const TIMEOUT_MS = 5_000;

/** Fails with UsageError when neither an HSM nor the storage of the world answers. One that answers anything is enough. */
async function requireRunning(
  { hsms, blobUrl }: WorldFile,
  caPem: string,
  signal: AbortSignal,
): Promise<void> {
  const urls = [...hsms.map(({ url }) => url), blobUrl];
  try {
    await Promise.any(
      urls.map((url) => sendOnce({ url, method: 'GET', timeoutMs: TIMEOUT_MS, caPem, signal })),
    );
  } catch {
    // After Ctrl-C nothing answers either: the command itself will say so.
    if (signal.aborted) return;
    throw new UsageError(
      'The local world is not running: start it with `npm start` in another terminal.',
      'It keeps its keys and backups from one start to the next. One with --keys is named by HSM_WARDEN_WORLD: `npm start` says how.',
    );
  }
}
