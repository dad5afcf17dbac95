/** `hsm-warden key backup`: writes the encrypted backup of a key, all versions, to a file. */
import { z } from 'zod';
import { checkBackupStructure } from '../../features/recovery-points/structure.ts';
import { AddressOptions, KEY_OPTIONS, keyAddress } from '../connect/address.ts';
import { keyServiceOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { writeNewFile } from '../frame/new-file.ts';

export const keyBackup = defineCommand({
  path: 'key backup',
  isAz: true,
  summary: 'Write the encrypted backup of a key to a file',
  details: [
    'The backup holds all versions and is bound to the security domain of the HSM. A file that exists is never overwritten.',
  ],
  options: [
    ...KEY_OPTIONS,
    { flags: '-f, --file <path>', description: 'where to write the backup' },
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden key backup --hsm-name ContosoHSM --name myrsakey --file myrsakey.backup',
    'hsm-warden key backup --id https://ContosoHSM.managedhsm.azure.net/keys/myrsakey --file myrsakey.backup',
  ],
  interrupted: 'no whole backup was written. Run the same command again.',
  schema: z.object({ ...AddressOptions, ...ConnectionOptions, file: z.string().min(1, 'expected a path') }),
  async run(context, given) {
    const connection = await connect(context, given);
    const { key, ...address } = keyAddress(given, connection);
    await writeNewFile(given.file, async () => {
      const backup = await keyServiceOn(connection, address, context.clock).backupKey(key, context.signal);
      checkBackupStructure(backup, key, address.hsm);
      return backup;
    });
    context.stderr.write(`Backed up key ${key} of HSM ${address.hsm} to ${given.file}.\n`);
    return {};
  },
});
