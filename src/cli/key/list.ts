/** `hsm-warden key list`: the active keys of an HSM. */
import { z } from 'zod';
import { AddressOptions, HSM_OPTIONS, hsmAddress } from '../connect/address.ts';
import { administrationOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { azListed } from './az-output.ts';
import { listTable } from './key-tables.ts';
import { doubtsOf, MOST_RESULTS, MostResults } from './most-results.ts';

export const keyList = defineCommand({
  path: 'key list',
  isAz: true,
  summary: 'List the active keys of an HSM',
  options: [...HSM_OPTIONS, MOST_RESULTS, ...CONNECTION_OPTIONS],
  examples: [
    'hsm-warden key list --hsm-name ContosoHSM -o table',
    'hsm-warden key list --id https://ContosoHSM.managedhsm.azure.net/',
  ],
  schema: z.object({ ...AddressOptions, ...ConnectionOptions, ...MostResults }),
  async run(context, given) {
    const connection = await connect(context, given);
    const admin = administrationOn(connection, hsmAddress(given, connection), context);
    const { items, odd } = await admin.list(given.maxresults);
    return { data: items.map(azListed), table: listTable(items), doubts: doubtsOf(odd) };
  },
});
