/** `hsm-warden key recover`: undeletes a soft-deleted key. */
import { z } from 'zod';
import { AddressOptions, KEY_OPTIONS, keyAddress } from '../address.ts';
import { administrationOn, keyServiceOn } from '../compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connection.ts';
import { defineCommand } from '../frame/define.ts';
import { azKey, keyTable } from './az-output.ts';

export const keyRecover = defineCommand({
  path: 'key recover',
  summary: 'Recover (undelete) a soft-deleted key',
  options: [...KEY_OPTIONS, ...CONNECTION_OPTIONS],
  examples: [
    'hsm-warden key recover --hsm-name ContosoHSM --name myrsakey',
    'hsm-warden key recover --id https://ContosoHSM.managedhsm.azure.net/deletedKeys/myrsakey',
  ],
  schema: z.object({ ...AddressOptions, ...ConnectionOptions }),
  async run(context, given) {
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    await keyServiceOn(connection, address, context.clock).recoverKey(address.key, context.signal);
    const key = await administrationOn(connection, address, context.clock).show(address.key);
    return { data: azKey(key), table: keyTable(key) };
  },
});
