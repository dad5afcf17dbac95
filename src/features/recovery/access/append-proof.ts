/** The gate's proof that the audit log can grow: nothing is done that cannot be noted. */
import { isWardenError } from '../../../core/errors.ts';
import type { GateProof } from './gate.ts';

/**
 * Appends to the container of the audit log and reads it back, at its first use and by every full check: an
 * immutability policy that does not allow appends refuses the log, and only then. `check` fails with the storage codes;
 * `prepare` is awaited before it.
 */
export function appendProof(check: () => Promise<void>, prepare: () => Promise<unknown>): GateProof {
  let isProven = false;
  return async (full) => {
    if (isProven && !full) return undefined;
    isProven = false;
    await prepare();
    try {
      await check();
    } catch (error) {
      if (!isWardenError(error, 'storage-refused')) throw error;
      const why = error.message.replace(/\.$/, '');
      return `the audit log takes no line: ${why}. The immutability policy of its container must allow protected append writes, and its name must be that of the settings`;
    }
    isProven = true;
    return undefined;
  };
}
