/** `hsm-warden key list-versions`: all versions of a key. */
import { z } from 'zod';
import { WardenError } from '../../core/errors.ts';
import { AddressOptions, KEY_OPTIONS, keyAddress } from '../connect/address.ts';
import { administrationOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, sameWorld } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { azListed } from './az-output.ts';
import { doubtsOf, MOST_RESULTS, MostResults } from './common-options.ts';
import { listTable } from './key-tables.ts';

export const keyListVersions = defineCommand({
  path: 'key list-versions',
  isAz: true,
  summary: 'List the versions of a key, oldest first',
  options: [...KEY_OPTIONS, MOST_RESULTS, ...CONNECTION_OPTIONS],
  examples: [
    'hsm-warden key list-versions --hsm-name ContosoHSM --name myrsakey',
    'hsm-warden key list-versions --id https://ContosoHSM.managedhsm.azure.net/keys/myrsakey -o tsv',
  ],
  schema: z.object({ ...AddressOptions, ...ConnectionOptions, ...MostResults }),
  async run(context, given) {
    const connection = await connect(context, given);
    const { key, ...address } = keyAddress(given, connection);
    const { items, odd } = await administrationOn(connection, address, context).listVersions(
      key,
      given.maxresults,
    );
    if (items.length + odd.length > 0) {
      return { data: items.map(azListed), table: listTable(items), doubts: doubtsOf(odd) };
    }
    // The service answers an unknown key with an empty list; every key there is has a version.
    throw new WardenError('key-not-found', {
      message: `There is no active key ${key} on HSM ${address.hsm}.`,
      advice: `It may be soft-deleted: hsm-warden key list-deleted --hsm-name ${address.hsm}${sameWorld(connection)}`,
    });
  },
});
