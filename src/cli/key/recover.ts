/** `hsm-warden key recover`: undeletes a soft-deleted key. */
import { z } from 'zod';
import { isWardenError, WardenError } from '../../core/errors.ts';
import type { KeyService } from '../../core/ports.ts';
import { AddressOptions, KEY_OPTIONS, keyAddress } from '../connect/address.ts';
import { administrationOn, keyServiceOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { azBundle } from './az-output.ts';
import { keyTable } from './key-tables.ts';

export const keyRecover = defineCommand({
  path: 'key recover',
  isAz: true,
  summary: 'Recover (undelete) a soft-deleted key',
  options: [...KEY_OPTIONS, ...CONNECTION_OPTIONS],
  examples: [
    'hsm-warden key recover --hsm-name ContosoHSM --name myrsakey',
    'hsm-warden key recover --id https://ContosoHSM.managedhsm.azure.net/deletedKeys/myrsakey',
  ],
  interrupted:
    'whether the key was recovered is not known; hsm-warden key show shows it. The same command can be run again.',
  schema: z.object({ ...AddressOptions, ...ConnectionOptions }),
  async run(context, given) {
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    await recover(keyServiceOn(connection, address, context.clock), address.key, context.signal);
    const key = await administrationOn(connection, address, context).show(address.key);
    return { data: azBundle(key), table: keyTable(key) };
  },
});

/** Fails with `key-not-found` for a key that is not soft-deleted, and says so: the service answers of keys in general. */
async function recover(keys: KeyService, name: string, signal: AbortSignal): Promise<void> {
  try {
    await keys.recoverKey(name, signal);
  } catch (error) {
    if (!isWardenError(error, 'key-not-found')) throw error;
    throw new WardenError('key-not-found', {
      message: `There is no soft-deleted key ${name} on HSM ${keys.hsm}.`,
      advice: 'It is not soft-deleted: it is active, was purged, or never was.',
      hsm: keys.hsm,
      key: name,
      cause: error,
    });
  }
}
