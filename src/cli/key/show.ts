/** `hsm-warden key show`: the public key, attributes and tags. */
import { z } from 'zod';
import { AddressOptions, KEY_OPTIONS, keyAddress } from '../connect/address.ts';
import { administrationOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { azKey } from './az-output.ts';
import { VERSION_OPTION, VersionOption } from './common-options.ts';
import { keyTable } from './key-tables.ts';

export const keyShow = defineCommand({
  path: 'key show',
  isAz: true,
  summary: 'Show the public key, attributes and tags of a key',
  options: [...KEY_OPTIONS, VERSION_OPTION, ...CONNECTION_OPTIONS],
  examples: [
    'hsm-warden key show --hsm-name ContosoHSM --name myrsakey',
    'hsm-warden key show --id https://ContosoHSM.managedhsm.azure.net/keys/myrsakey -o table',
  ],
  schema: z.object({
    ...AddressOptions,
    ...ConnectionOptions,
    ...VersionOption,
  }),
  async run(context, given) {
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    const version = given.version ?? address.version;
    const key = await administrationOn(connection, address, context).show(address.key, version);
    return { data: azKey(key), table: keyTable(key) };
  },
});
