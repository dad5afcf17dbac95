/** `hsm-warden key delete`: soft-deletes a key, once a good backup of all its versions is in the store. */
import { z } from 'zod';
import { backUpNow, goodBackup, protectionOf } from '../backup/good-backup.ts';
import { AddressOptions, KEY_OPTIONS, type KeyAddress, keyAddress } from '../connect/address.ts';
import { administrationOn, keyServiceOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, type Connection, ConnectionOptions, connect } from '../connect/connection.ts';
import type { CliContext } from '../frame/context.ts';
import { defineCommand } from '../frame/define.ts';
import { GuardRefusal, UsageError } from '../frame/failures.ts';
import { azDeletedKey } from './az-output.ts';
import { deletedTable } from './key-tables.ts';

export const keyDelete = defineCommand({
  path: 'key delete',
  isAz: true,
  summary: 'Soft-delete a key, after making sure of a backup',
  details: [
    'A good backup of every version must be in the store; where there is none, one is taken first. The key can be recovered until its retention ends, and restored from the backup after that.',
  ],
  options: [
    ...KEY_OPTIONS,
    { flags: '--no-backup', description: 'delete without a backup; needs --yes-really' },
    { flags: '--yes-really', description: 'confirms --no-backup' },
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden key delete --hsm-name ContosoHSM --name myrsakey',
    'hsm-warden key delete --id https://ContosoHSM.managedhsm.azure.net/keys/myrsakey',
  ],
  interrupted:
    'whether the key was deleted is not known; hsm-warden key list-deleted shows it. The same command can be run again.',
  schema: z.object({
    ...AddressOptions,
    ...ConnectionOptions,
    backup: z.boolean().default(true),
    yesReally: z.boolean().default(false),
  }),
  async run(context, given) {
    if (!given.backup && !given.yesReally) {
      throw new UsageError(
        '--no-backup needs --yes-really.',
        'Leave --no-backup out, and a backup is taken first.',
      );
    }
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    if (given.backup) await makeSure(connection, address, context);
    const key = await administrationOn(connection, address, context).delete(address.key);
    return { data: azDeletedKey(key), table: deletedTable([key]) };
  },
});

/** Fails with GuardRefusal when no backup can be made sure of; the key is then untouched. */
async function makeSure(connection: Connection, address: KeyAddress, context: CliContext): Promise<void> {
  const { hsm, key } = address;
  const protection = protectionOf(connection, address, context);
  if (protection === undefined) {
    throw new GuardRefusal(
      `Key ${key} was not deleted: the settings do not name HSM ${hsm}, so there is no store to keep a backup in.`,
      'Set WARDEN_HSMS and WARDEN_BACKUP_URL, or add --no-backup --yes-really.',
    );
  }
  const keys = keyServiceOn(connection, address, context.clock);
  // A key that is not there has no backup to fail for: the read says so first.
  await keys.getKey(key, undefined, context.signal);
  const readState = async () => {
    const versions = (await keys.listVersions(key, context.signal)).map(({ version }) => version);
    return goodBackup(protection.store, address, versions, context.signal);
  };
  try {
    let found = await readState();
    if (found === undefined) {
      await backUpNow(connection, protection, address, context);
      found = await readState();
    }
    if (found === undefined) throw new Error('the backup that was just taken does not hold every version');
    context.stderr.write(`Backup of key ${key}: ${found.blob}\n`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new GuardRefusal(
      `Key ${key} was not deleted: no good backup of it could be made sure of: ${why}`,
      'Put that right and try again, or add --no-backup --yes-really.',
      error,
    );
  }
}
