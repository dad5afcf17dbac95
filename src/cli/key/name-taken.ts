/** A name that a soft-deleted key still holds: what to do instead of making a key of that name. */
import { isWardenError, WardenError } from '../../core/errors.ts';
import type { KeyAddress } from '../connect/address.ts';
import { type Connection, sameWorld } from '../connect/connection.ts';

/** Does `make`; a `key-name-conflict` is explained, with the command that recovers the key. Fails as `make` does. */
export async function explainingNameTaken<T>(
  connection: Connection,
  { hsm, key }: KeyAddress,
  make: () => Promise<T>,
): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (!isWardenError(error, 'key-name-conflict')) throw error;
    throw new WardenError('key-name-conflict', {
      message: `Nothing was made: a soft-deleted key ${key} on HSM ${hsm} still holds the name, until it is recovered or purged.`,
      advice: `Recover it, with all its versions: hsm-warden key recover --hsm-name ${hsm} --name ${key}${sameWorld(connection)}`,
      hsm,
      key,
      cause: error,
    });
  }
}
