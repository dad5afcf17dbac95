/** Failures the SDK does not see as such. */
import { WardenError } from '../../core/errors.ts';

/** There is no soft-deleted key of that name. */
export function deletedKeyNotFound(hsm: string, key: string): never {
  throw new WardenError('key-not-found', {
    message: `Could not recover key ${key} on HSM ${hsm}: it is not soft-deleted.`,
    advice: 'Nothing to do: the key is active.',
    hsm,
    key,
  });
}

/** The HSM answered a backup without a backup. */
export function noAnswer(hsm: string, key: string): never {
  throw new WardenError('hsm-answer-unexpected', {
    message: `HSM ${hsm} answered the backup of key ${key} without a backup.`,
    hsm,
    key,
  });
}
