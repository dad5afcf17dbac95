/** `hsm-warden key list-deleted`: the soft-deleted keys of an HSM. */
import { z } from 'zod';
import { AddressOptions, HSM_OPTIONS, hsmAddress } from '../connect/address.ts';
import { administrationOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { azListedDeleted } from './az-output.ts';
import { doubtsOf, MOST_RESULTS, MostResults } from './common-options.ts';
import { deletedTable } from './key-tables.ts';

export const keyListDeleted = defineCommand({
  path: 'key list-deleted',
  isAz: true,
  summary: 'List the soft-deleted keys of an HSM',
  options: [...HSM_OPTIONS, MOST_RESULTS, ...CONNECTION_OPTIONS],
  examples: [
    'hsm-warden key list-deleted --hsm-name ContosoHSM',
    'hsm-warden key list-deleted --id https://ContosoHSM.managedhsm.azure.net/ -o table',
  ],
  schema: z.object({ ...AddressOptions, ...ConnectionOptions, ...MostResults }),
  async run(context, given) {
    const connection = await connect(context, given);
    const admin = administrationOn(connection, hsmAddress(given, connection), context);
    const { items, odd } = await admin.listDeleted(given.maxresults);
    return { data: items.map(azListedDeleted), table: deletedTable(items), doubts: doubtsOf(odd) };
  },
});
