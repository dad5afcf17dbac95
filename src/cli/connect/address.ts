/** Which HSM and which key a command is about: `--hsm-name` and `--name`, or one URL with `--id`, as with az. */

import { isIP } from 'node:net';
import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import { isSameName } from '../../core/model/key-name.ts';
import { isLoopback } from '../../core/settings/kinds.ts';
import { unusable } from '../../platform/unusable-hsm.ts';
import type { OptionSpec } from '../frame/command.ts';
import { UsageError } from '../frame/failures.ts';
import { CLOUDS } from './clouds.ts';
import { type Connection, keepLocal } from './connection.ts';

const HSM_OPTION: OptionSpec = { flags: '--hsm-name <name>', description: 'name of the Managed HSM' };

/** For commands about a whole HSM. */
export const HSM_OPTIONS: readonly OptionSpec[] = [
  HSM_OPTION,
  { flags: '--id <url>', description: "the HSM's URL, in place of --hsm-name" },
];
/** For commands about one key. */
export const KEY_OPTIONS: readonly OptionSpec[] = [
  HSM_OPTION,
  { flags: '-n, --name <name>', description: 'name of the key' },
  {
    flags: '--id <url>',
    description:
      'URL with the key name, like https://HSM.managedhsm.azure.net/keys/KEY, in place of --hsm-name and --name',
  },
];

/** The values of {@link KEY_OPTIONS} and {@link HSM_OPTIONS}. */
export const AddressOptions = {
  hsmName: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/, 'expected 3 to 24 letters, digits, hyphens')
    .optional(),
  name: z
    .string()
    .regex(/^[0-9A-Za-z-]{1,127}$/, 'expected 1 to 127 letters, digits, hyphens')
    .optional(),
  id: z.url({ protocol: /^https$/, error: 'expected an https URL' }).optional(),
};
type Options = z.infer<z.ZodObject<typeof AddressOptions>>;

/** An HSM. */
export interface HsmAddress {
  /** Its name in the settings, where it is one of them; else the first part of its host name. */
  readonly hsm: string;
  readonly url: string;
}
/** A key, perhaps of a version. */
export interface KeyAddress extends HsmAddress {
  readonly key: string;
  readonly version?: string;
}

const KEY_PATH = /^\/(?:keys|deletedkeys)\/([0-9A-Za-z-]{1,127})(?:\/([0-9a-f]{32}))?\/?$/i;

/** The HSM that was named. Fails with UsageError. */
export function hsmAddress(options: Options, connection: Connection): HsmAddress {
  if (options.id !== undefined) {
    if (options.hsmName !== undefined) throw new UsageError('Give --hsm-name or --id, not both.');
    return place(new URL(options.id), connection);
  }
  if (options.hsmName === undefined) {
    throw new UsageError('The HSM is not named.', 'Add --hsm-name NAME, or --id with its URL.');
  }
  return placeByName(options.hsmName, connection);
}

/** The key that was named. Fails with UsageError. */
export function keyAddress(options: Options, connection: Connection): KeyAddress {
  const hsm = hsmAddress(options, connection);
  if (options.id === undefined) {
    if (options.name === undefined) throw new UsageError('The key is not named.', 'Add --name NAME.');
    return { ...hsm, key: options.name };
  }
  const [, key, version] = KEY_PATH.exec(new URL(options.id).pathname) ?? [];
  if (key === undefined) {
    throw new UsageError(
      `${options.id} does not name a key.`,
      'A key URL is like https://HSM.managedhsm.azure.net/keys/KEY (or /deletedKeys/KEY).',
    );
  }
  if (options.name !== undefined && !isSameName(options.name, key)) {
    throw new UsageError(`--name ${options.name} and the key ${key} of --id differ.`, 'Leave --name out.');
  }
  return { ...hsm, key, ...definedOnly({ version }) };
}

function placeByName(name: string, connection: Connection): HsmAddress {
  const known = namedHere(name, connection);
  if (known !== undefined) return known;
  if (connection.world !== undefined) {
    const names = connection.world.hsms.map((hsm) => hsm.name).join(', ');
    throw new UsageError(`There is no HSM ${name} in the local world.`, `It has: ${names}.`);
  }
  const url = `https://${name.toLowerCase()}.${CLOUDS[connection.cloud].suffix}`;
  keepLocal(connection, url);
  return { hsm: name, url };
}

function place(url: URL, connection: Connection): HsmAddress {
  const { hostname } = url;
  if (isIP(hostname.replaceAll(/^\[|\]$/g, '')) !== 0 && !isLoopback(url.origin)) {
    throw new UsageError(
      `${hostname} is an address, not the name of a Managed HSM: certificate and tokens are for the name.`,
      'Give the name with --hsm-name, or a URL like https://HSM.managedhsm.azure.net/.',
    );
  }
  const name = hostname.split('.')[0] ?? '';
  // With --emulator a URL of Azure means the HSM of that name here: commands can be tried as they are written down.
  if (connection.world !== undefined && !isLoopback(url.origin)) return placeByName(name, connection);
  keepLocal(connection, url.origin);
  const known = connection.config?.hsms.find((hsm) => new URL(hsm.url).origin === url.origin);
  // The first part of a local host says nothing: several HSMs may be there.
  return { hsm: known?.name ?? (isLoopback(url.origin) ? url.host : name), url: url.origin };
}

function namedHere(name: string, { config, local }: Connection): HsmAddress | undefined {
  const known = config?.hsms.find((hsm) => hsm.name.toLowerCase() === name.toLowerCase());
  // An address of the settings that cannot be read is not guessed, either.
  if (known?.fault !== undefined) throw unusable(known.name, known.fault);
  if (known === undefined || (local && !isLoopback(known.url))) return undefined;
  return { hsm: known.name, url: known.url };
}
