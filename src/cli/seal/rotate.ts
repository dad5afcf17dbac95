/** `hsm-warden seal rotate`: makes a new version of a sealing key, and says what to set. */
import { z } from 'zod';
import { coordinate, parseKeyUrl } from '../../adapters/keyvault/sealing-key.ts';
import { namesIn } from '../../adapters/keyvault/wire-key.ts';
import { administrationOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, keepLocal } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';
import { pinnedKeys } from './pinned.ts';

export const sealRotate = defineCommand({
  path: 'seal rotate',
  summary: 'Make a new version of a sealing key, and print the settings for it',
  details: [
    'For a person who may create keys in the vault of the sealing keys. It changes no setting: set WARDEN_SEAL_PUBLIC_KEYS of all apps first, then WARDEN_SEAL_KEY_URL of the app, and keep the new seal export. The former key stays pinned, for what it sealed stays sealed. Give it an `until` when the app has the new one. If somebody else may have used it, `revoked` takes back all it sealed: backups are taken again, open requests must be made again, and a gate that people had armed again by it shuts until they decide again. Taken out of the settings it counts as revoked.',
  ],
  format: 'json',
  options: [
    { flags: '--key <url>', description: 'the sealing key, as https://VAULT/keys/NAME/VERSION' },
    {
      flags: '--app <name>',
      description: 'the app that seals with it',
      choices: ['backup', 'recovery', 'drill'],
    },
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden seal rotate --app backup --key https://kv-warden.vault.azure.net/keys/warden-seal-backup/0123456789abcdef0123456789abcdef',
  ],
  interrupted: 'whether a version was made is not known; it is used by nobody until the settings name it.',
  schema: z.object({
    ...ConnectionOptions,
    key: z.url('expected the URL of a key version'),
    app: z.enum(['backup', 'recovery', 'drill'], 'expected backup, recovery or drill'),
  }),
  async run(context, given) {
    const connection = await connect(context, given);
    const { vaultUrl, name } = parseKeyUrl(given.key);
    keepLocal(connection, vaultUrl);
    const pins = await pinnedKeys(connection, context);
    const admin = administrationOn(connection, { hsm: 'the vault', url: vaultUrl }, context);
    const { key: current } = await admin.show(name);
    if (current.crv !== 'P-256') {
      throw new UsageError(
        `The key ${given.key} is not one on P-256.`,
        'hsm-warden seal show names the sealing keys.',
      );
    }
    const made = await admin.create(name, current.kty, { curve: 'P-256', keyOps: ['sign', 'verify'] });
    const { version = '' } = namesIn(made.key.kid);
    const key = { app: given.app, x: coordinateOf(made.key.x), y: coordinateOf(made.key.y) };
    return {
      data: {
        WARDEN_SEAL_KEY_URL: `${vaultUrl}/keys/${name}/${version}`,
        WARDEN_SEAL_PUBLIC_KEYS: JSON.stringify({ ...pins, keys: [...pins.keys, key] }),
      },
    };
  },
});

function coordinateOf(text: unknown): string {
  return coordinate(Buffer.from(typeof text === 'string' ? text : '', 'base64url'));
}
