/** `hsm-warden key rotate`: makes a new version by the key's rotation policy, and backs it up. */
import { z } from 'zod';
import { AddressOptions, KEY_OPTIONS, keyAddress } from '../connect/address.ts';
import { administrationOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { answerWithBackup } from './first-backup.ts';

export const keyRotate = defineCommand({
  path: 'key rotate',
  isAz: true,
  summary: 'Make a new version of a key, and back it up',
  details: [
    'The new version is of the same kind and expires as the rotation policy says. Where the settings name the HSM, all versions are backed up at once.',
  ],
  options: [...KEY_OPTIONS, ...CONNECTION_OPTIONS],
  examples: [
    'hsm-warden key rotate --hsm-name ContosoHSM --name myrsakey',
    'hsm-warden key rotate --id https://ContosoHSM.managedhsm.azure.net/keys/myrsakey',
  ],
  interrupted:
    'whether a new version was made is not known; hsm-warden key list-versions shows it. A second key rotate would make a second version.',
  schema: z.object({ ...AddressOptions, ...ConnectionOptions }),
  async run(context, given) {
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    const key = await administrationOn(connection, address, context).rotate(address.key);
    return answerWithBackup(key, connection, address, context);
  },
});
