/** `hsm-warden key purge`: ends a soft-deleted key for good, once a good backup is known and its name was typed. */

import { z } from 'zod';
import { isWardenError, WardenError } from '../../core/errors.ts';
import type { KeyDetail, ListedDeletedKey } from '../../core/model/key.ts';
import { isSameName } from '../../core/model/key-name.ts';
import type { KeyService } from '../../core/ports.ts';
import { isoTime } from '../../core/time.ts';
import { goodBackup, protectionOf } from '../backup/good-backup.ts';
import { AddressOptions, KEY_OPTIONS, type KeyAddress, keyAddress } from '../connect/address.ts';
import { administrationOn, keyServiceOn } from '../connect/compose-cli.ts';
import {
  CONNECTION_OPTIONS,
  type Connection,
  ConnectionOptions,
  connect,
  sameWorld,
} from '../connect/connection.ts';
import { askLine } from '../frame/ask.ts';
import type { CliContext } from '../frame/context.ts';
import { defineCommand } from '../frame/define.ts';
import { GuardRefusal } from '../frame/failures.ts';

export const keyPurge = defineCommand({
  path: 'key purge',
  isAz: true,
  summary: 'Purge (permanently delete) a soft-deleted key',
  details: [
    "Asks for the key's name, on the terminal or from standard input. A key without a good backup is not purged by this command at all: nothing could bring it back.",
  ],
  options: [
    ...KEY_OPTIONS,
    { flags: '--confirm <name>', description: "the key's name once more, in place of the question" },
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden key purge --hsm-name ContosoHSM --name myrsakey',
    'hsm-warden key purge --id https://ContosoHSM.managedhsm.azure.net/deletedKeys/myrsakey --confirm myrsakey',
  ],
  interrupted: 'whether the key was purged is not known; hsm-warden key list-deleted shows it.',
  schema: z.object({ ...AddressOptions, ...ConnectionOptions, confirm: z.string().optional() }),
  async run(context, given) {
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    const backup = await requireBackup(connection, address, context);
    context.stderr.write(`Backup of key ${address.key}: ${backup}\n`);
    const question = `Purging ends key ${address.key} of HSM ${address.hsm}; only the backup can bring it back.\nType its name to go on: `;
    const answer = given.confirm ?? (await askLine(context, question));
    // The HSM spells it in its own way, and compares without regard to case.
    if (answer === undefined || !isSameName(answer.trim(), address.key)) {
      throw new GuardRefusal(
        `Key ${address.key} was not purged: its name was not confirmed.`,
        'Type the name exactly, or give it with --confirm.',
      );
    }
    await administrationOn(connection, address, context).purge(address.key);
    return {};
  },
});

/** The blob of a good backup that holds the newest version. Fails with GuardRefusal, or a code of the ports. */
async function requireBackup(
  connection: Connection,
  address: KeyAddress,
  context: CliContext,
): Promise<string> {
  const { hsm, key } = address;
  const deleted = await readDeleted(
    keyServiceOn(connection, address, context.clock),
    address,
    sameWorld(connection),
    context.signal,
  );
  if (deleted.attributes.recoveryLevel?.includes('Purgeable') === false) {
    throw new GuardRefusal(
      `Key ${key} was not purged: HSM ${hsm} has purge protection, so nobody can purge before the retention ends.`,
      `The service purges it at ${isoTime(deleted.scheduledPurgeAt)}.`,
    );
  }
  const protection = protectionOf(connection, address, context);
  const found =
    protection === undefined
      ? undefined
      : await goodBackup(protection.store, address, [deleted.version], context.signal);
  if (found !== undefined) return found.blob;
  throw new GuardRefusal(
    `Key ${key} was not purged: no good backup of its newest version ${deleted.version} is known${
      protection === undefined ? `, for the settings do not name HSM ${hsm}` : ''
    }.`,
    `Recover it, back it up, delete it again: hsm-warden key recover --hsm-name ${hsm} --name ${key}${sameWorld(connection)}`,
  );
}

/** The soft-deleted key. Fails with `key-not-found`, which says what is there in its place. */
async function readDeleted(
  keys: KeyService,
  { hsm, key }: KeyAddress,
  same: string,
  signal: AbortSignal,
): Promise<KeyDetail & ListedDeletedKey> {
  try {
    return await keys.getDeletedKey(key, signal);
  } catch (error) {
    if (!isWardenError(error, 'key-not-found')) throw error;
    const active = await keys.getKey(key, undefined, signal).then(
      () => true,
      () => false,
    );
    throw new WardenError('key-not-found', {
      message: active
        ? `Key ${key} on HSM ${hsm} is active, not soft-deleted: nothing was purged.`
        : `There is no soft-deleted key ${key} on HSM ${hsm}: nothing was purged.`,
      advice: active
        ? `Only a soft-deleted key can be purged: hsm-warden key delete --hsm-name ${hsm} --name ${key}${same}`
        : `Those that there are: hsm-warden key list-deleted --hsm-name ${hsm}${same}`,
      hsm,
      key,
      cause: error,
    });
  }
}
