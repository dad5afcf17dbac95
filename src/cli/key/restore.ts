/** `hsm-warden key restore`: restores a key, all versions, from a backup file. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { isWardenError, WardenError } from '../../core/errors.ts';
import { isSameName } from '../../core/model/key-name.ts';
import type { KeyService } from '../../core/ports.ts';
import { structureFault } from '../../features/recovery-points/structure.ts';
import { AddressOptions, hsmAddress, KEY_OPTIONS, keyAddress } from '../connect/address.ts';
import { administrationOn, keyServiceOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, sameWorld } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';
import { azBundle } from './az-output.ts';
import { FULL_BACKUP_OPTIONS, FullBackupOptions, refuseFullBackup } from './full-backup.ts';
import { keyTable } from './key-tables.ts';

export const keyRestore = defineCommand({
  path: 'key restore',
  isAz: true,
  summary: 'Restore a key from a backup file',
  details: [
    'The HSM must share the security domain of the one the backup was made in, and must have no key of that name, active or soft-deleted. The key gets the name it had; --name only checks it.',
  ],
  options: [
    ...KEY_OPTIONS,
    { flags: '-f, --file <path>', description: 'the backup file' },
    ...FULL_BACKUP_OPTIONS,
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden key restore --hsm-name ContosoHSM --file myrsakey.backup',
    'hsm-warden key restore --id https://ContosoHSM.managedhsm.azure.net/keys/myrsakey --file myrsakey.backup',
  ],
  interrupted:
    'whether the key was restored is not known; hsm-warden key show shows it. The same command can be run again: a restore never replaces a key.',
  schema: z.object({
    ...AddressOptions,
    ...ConnectionOptions,
    ...FullBackupOptions,
    file: z.string().min(1, 'expected a path').optional(),
  }),
  async run(context, given) {
    refuseFullBackup(given);
    const { file } = given;
    if (file === undefined) throw new UsageError('The backup is not named.', 'Add --file PATH.');
    const connection = await connect(context, given);
    const wholeHsm = given.id !== undefined && new URL(given.id).pathname === '/';
    const wanted =
      wholeHsm || (given.id === undefined && given.name === undefined)
        ? undefined
        : keyAddress(given, connection).key;
    const address = hsmAddress(given, connection);
    const backup = await readBackup(file);
    const place = { keys: keyServiceOn(connection, address, context.clock), same: sameWorld(connection) };
    if (wanted !== undefined) await requireFreeName(place, wanted, context.signal);
    const name = await restore(place, backup, wanted, context.signal);
    const key = await administrationOn(connection, address, context).show(name);
    return { data: azBundle(key), table: keyTable(key) };
  },
});

/** Where to restore, and what a command proposed for it ends with. */
interface Place {
  readonly keys: KeyService;
  readonly same: string;
}

async function readBackup(path: string): Promise<Uint8Array> {
  let backup: Uint8Array;
  try {
    backup = await readFile(path);
  } catch {
    throw new UsageError(`The file ${path} cannot be read.`);
  }
  const fault = structureFault(backup);
  if (fault === undefined) return backup;
  throw new UsageError(`The file ${path} is not a whole key backup of a Managed HSM: ${fault}.`);
}

/** Restores, and returns the name of the key that came back. */
async function restore(
  place: Place,
  backup: Uint8Array,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const { keys, same } = place;
  try {
    const { name } = await keys.restoreKey(backup, signal);
    if (wanted === undefined || isSameName(wanted, name)) return name;
    throw new WardenError('restored-other-key', {
      message: `The backup holds the key ${name}, not ${wanted}; ${name} was restored on HSM ${keys.hsm}.`,
      advice: `Keep it, or delete it again: hsm-warden key delete --hsm-name ${keys.hsm} --name ${name}${same}`,
    });
  } catch (error) {
    if (!isWardenError(error, 'key-name-conflict')) throw error;
    throw conflict(place, wanted, 'active or soft-deleted', error);
  }
}

/** Says which of the two it is, where the name is known. Fails with `key-name-conflict`. */
async function requireFreeName(place: Place, name: string, signal: AbortSignal): Promise<void> {
  const { keys } = place;
  if (await exists(() => keys.getKey(name, undefined, signal))) throw conflict(place, name, 'active');
  if (await exists(() => keys.getDeletedKey(name, signal))) throw conflict(place, name, 'soft-deleted');
}

async function exists(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read();
    return true;
  } catch (error) {
    if (isWardenError(error, 'key-not-found')) return false;
    throw error;
  }
}

function conflict(
  { keys: { hsm }, same }: Place,
  name: string | undefined,
  state: 'active' | 'soft-deleted' | 'active or soft-deleted',
  cause?: unknown,
): WardenError {
  if (name === undefined) {
    return new WardenError('key-name-conflict', {
      message: `Nothing was restored: HSM ${hsm} already has a key of the backup's name, active or soft-deleted, and a restore never replaces a key.`,
      advice: `With --name it is said which of the two it is. A soft-deleted key comes back, with all its versions, by: hsm-warden key recover --hsm-name ${hsm} --name NAME${same}`,
      hsm,
      cause,
    });
  }
  const recover = `hsm-warden key recover --hsm-name ${hsm} --name ${name}${same}`;
  return new WardenError('key-name-conflict', {
    message: `Nothing was restored: the key ${name} is ${state} on HSM ${hsm}, and a restore never replaces a key.`,
    advice:
      state === 'active'
        ? `The key is there already; compare it with the backup: hsm-warden key list-versions --hsm-name ${hsm} --name ${name}${same}`
        : `Recover the soft-deleted key instead, with all its versions: ${recover}`,
    hsm,
    key: name,
    cause,
  });
}
