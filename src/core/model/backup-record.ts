/** The facts kept beside every backup: enough to rebuild all derived state, and to prove a restore, from the store alone. */
import { z } from 'zod';
import { Seal } from '../seal/seal.ts';

/** Format version of {@link BackupRecord}; a reader refuses what it does not know. */
export const BACKUP_FORMAT = 1;

/** Facts of one backup of one key. Times are epoch milliseconds. */
export const BackupRecord = z.strictObject({
  format: z.literal(BACKUP_FORMAT),
  hsm: z.string().min(1),
  key: z.string().regex(/^[0-9A-Za-z-]{1,127}$/),
  /** Newest version's full identifier at the time of the backup. */
  keyId: z.string().min(1),
  /** The listed key's `created` and `updated` when it was backed up: what distinguishes a changed key from an unchanged one. */
  createdAt: z.int().nonnegative(),
  updatedAt: z.int().nonnegative(),
  capturedAt: z.int().nonnegative(),
  /** Lower-case hex SHA-256 of the stored bytes. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().positive(),
  runId: z.string().min(1),
  /** Versions read just before the backup was taken, oldest first: the backup holds at least these. */
  versions: z
    .array(
      z.strictObject({ version: z.string().regex(/^[0-9a-f]{32}$/), thumbprint: z.string().exactOptional() }),
    )
    .min(1),
  /** Over all of this but the HSM's name, for which its resource stands; absent where nothing was sealed. */
  seal: Seal.exactOptional(),
});
export type BackupRecord = z.infer<typeof BackupRecord>;
