/** `hsm-warden key backup`: writes the encrypted backup of a key, all versions, to a file. */
import { open, rm } from 'node:fs/promises';
import { z } from 'zod';
import { checkBackupStructure } from '../../features/recovery-points/structure.ts';
import { AddressOptions, KEY_OPTIONS, keyAddress } from '../connect/address.ts';
import { keyServiceOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { GuardRefusal, UsageError } from '../frame/failures.ts';

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
    const file = await openNew(given.file);
    try {
      const backup = await keyServiceOn(connection, address, context.clock).backupKey(key, context.signal);
      checkBackupStructure(backup, key, address.hsm);
      await file.writeFile(backup);
      await file.sync();
    } catch (error) {
      // An empty or half file must not be taken for a backup.
      await rm(given.file, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    context.stderr.write(`Backed up key ${key} of HSM ${address.hsm} to ${given.file}.\n`);
    return {};
  },
});

async function openNew(path: string) {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new GuardRefusal(
        `The file ${path} exists already and was left as it is.`,
        'Name another file.',
        error,
      );
    }
    throw new UsageError(`The file ${path} cannot be written.`);
  }
}
