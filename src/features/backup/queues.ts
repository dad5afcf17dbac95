/** The queues of the backup, and what their messages are. */
import { z } from 'zod';
import type { Queue } from '../../core/queue.ts';

/** Identifiers of runs sort by time and are safe in blob names. */
const RunId = z.string().regex(/^[0-9A-Za-z-]{1,80}$/);

/**
 * Asks for (the continuation of) one run over one HSM. `part`: how many parts the run had when a worker that found another
 * dead handed it over; see sweep.ts. `turn`: how often a worker has put it back while another held the HSM.
 */
export const SweepMessage = z.strictObject({
  kind: z.literal('sweep'),
  hsm: z.string().min(1).max(80),
  runId: RunId,
  part: z.int().positive().exactOptional(),
  turn: z.int().positive().exactOptional(),
});
export type SweepMessage = z.infer<typeof SweepMessage>;

/** Parts of runs, one message for each HSM. */
export const SWEEPS: Queue<SweepMessage> = {
  name: 'hsm-sweeps',
  schema: SweepMessage,
  holds: 'a sweep request',
};

/** Asks for a backup of one key. `changedAt`: epoch milliseconds of the service, when the change was logged. */
export const KeyBackupMessage = z.strictObject({
  kind: z.literal('key-backup'),
  hsm: z.string().min(1).max(80),
  key: z.string().regex(/^[0-9A-Za-z-]{1,127}$/),
  /** `changed`: only if the key differs from its newest backup; `requested`: in any case. */
  reason: z.enum(['changed', 'requested']),
  changedAt: z.int().nonnegative().exactOptional(),
});
export type KeyBackupMessage = z.infer<typeof KeyBackupMessage>;

/** Single keys that changed. */
export const KEY_BACKUPS: Queue<KeyBackupMessage> = {
  name: 'key-backups',
  schema: KeyBackupMessage,
  holds: 'a backup request',
};
