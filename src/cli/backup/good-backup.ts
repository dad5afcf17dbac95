/** The guard rail under everything that destroys: is there a good backup that holds the key as it is? */

import { WardenError } from '../../core/errors.ts';
import { EVERY_KEY } from '../../core/model/selection.ts';
import type { StoredBackup } from '../../core/ports.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { backUpSingleKey } from '../../features/backup/single-key.ts';
import { readEntry } from '../../features/recovery-points/catalogue.ts';
import { damageOf } from '../../features/verify/check-backup.ts';
import type { KeyAddress } from '../connect/address.ts';
import { cliLogger, keyServiceOn, openStore, pacerFor, type Store } from '../connect/compose-cli.ts';
import type { Connection } from '../connect/connection.ts';
import type { CliContext } from '../frame/context.ts';

/** The store and the pace of an HSM that the settings name. */
export interface Protected {
  readonly store: Store;
  readonly pace: number;
}

/** The warden's store for this HSM; undefined when the settings do not name the HSM. */
export function protectionOf(
  connection: Connection,
  { hsm, url }: Pick<KeyAddress, 'hsm' | 'url'>,
  context: CliContext,
): Protected | undefined {
  const { config } = connection;
  const known = config?.hsms.find((one) => one.name === hsm && one.url === url);
  if (config === undefined || known === undefined) return undefined;
  return { store: openStore(connection, config, context), pace: known.pace };
}

/**
 * The newest backup of the key, if it holds all of `versions` and reads back as it was stored. Fails with `state-corrupt`
 * or a storage code.
 */
export async function goodBackup(
  { backups, state }: Pick<Store, 'backups' | 'state'>,
  { hsm, key }: Pick<KeyAddress, 'hsm' | 'key'>,
  versions: readonly string[],
  signal: AbortSignal,
): Promise<StoredBackup | undefined> {
  const entry = await readEntry(state, hsm, key, signal);
  if (entry === undefined || versions.length === 0) return undefined;
  const held = new Set(entry.record.versions.map(({ version }) => version));
  if (!versions.every((version) => held.has(version))) return undefined;
  return (await damageOf(backups, entry, signal)) === undefined ? entry : undefined;
}

/** Takes a backup of an active key now, proves it, and notes it in the catalogue. Fails with the codes of the ports. */
export async function backUpNow(
  connection: Connection,
  { store, pace }: Protected,
  address: KeyAddress,
  context: CliContext,
): Promise<void> {
  const { clock, signal } = context;
  const { backups, state, queue, points } = store;
  const keys = keyServiceOn(connection, address, clock);
  const deps = {
    keys,
    backups,
    state,
    queue,
    points,
    clock,
    pacer: pacerFor(pace, clock),
    logger: cliLogger(context),
  };
  const message = { kind: 'key-backup', hsm: address.hsm, key: address.key, reason: 'requested' } as const;
  const result = await backUpSingleKey(deps, { selection: EVERY_KEY, retry: DEFAULT_RETRY }, message, signal);
  if (result === 'backed-up') return;
  throw new WardenError('key-not-found', {
    message: `No backup of key ${address.key} on HSM ${address.hsm} was taken: it is ${result}.`,
    advice: 'Only active keys can be backed up; look at key list and key list-deleted.',
    hsm: address.hsm,
    key: address.key,
  });
}
