/** `hsm-warden key show-deleted`: a soft-deleted key. */
import { z } from 'zod';
import { AddressOptions, KEY_OPTIONS, keyAddress } from '../connect/address.ts';
import { administrationOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { azDeletedKey } from './az-output.ts';
import { deletedTable } from './key-tables.ts';

export const keyShowDeleted = defineCommand({
  path: 'key show-deleted',
  isAz: true,
  summary: 'Show a soft-deleted key',
  options: [...KEY_OPTIONS, ...CONNECTION_OPTIONS],
  examples: [
    'hsm-warden key show-deleted --hsm-name ContosoHSM --name myrsakey',
    'hsm-warden key show-deleted --id https://ContosoHSM.managedhsm.azure.net/deletedkeys/myrsakey --query scheduledPurgeDate',
  ],
  schema: z.object({ ...AddressOptions, ...ConnectionOptions }),
  async run(context, given) {
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    const key = await administrationOn(connection, address, context).showDeleted(address.key);
    return { data: azDeletedKey(key), table: deletedTable([key]) };
  },
});
