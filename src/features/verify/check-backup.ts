/** Reads one stored backup again and says whether it is still what was stored. */

import { isWardenError } from '../../core/errors.ts';
import type { BackupStore, StoredBackup } from '../../core/ports.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { structureFault } from '../recovery-points/structure.ts';

/** What is said of a backup that is not there. */
export const GONE = 'it is gone';

/** What is wrong with a backup, in words; `undefined`: nothing. Fails with a storage code. */
export async function damageOf(
  backups: BackupStore,
  { blob, record }: StoredBackup,
  signal: AbortSignal,
): Promise<string | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await backups.read(blob, signal);
  } catch (error) {
    if (isWardenError(error, 'blob-missing')) return GONE;
    throw error;
  }
  const found = sha256Hex(bytes);
  if (found !== record.sha256) {
    return `${bytes.length} of ${record.bytes} bytes read, with SHA-256 ${found}`;
  }
  // The hash proves what was stored, the structure that it was a backup.
  return structureFault(bytes);
}
