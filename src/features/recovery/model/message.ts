/** The queue message of the recovery: it only points at a request; everything that matters is read from the record. */
import { z } from 'zod';
import type { Queue } from '../../../core/queue.ts';
import { RecoveryId } from './record.ts';

/** Asks a worker to look at a request. Anybody may send it, any number of times: it grants nothing. */
export const RecoveryMessage = z.strictObject({ kind: z.literal('recovery'), id: RecoveryId });
export type RecoveryMessage = z.infer<typeof RecoveryMessage>;

/** Where they wait. */
export const RECOVERIES: Queue<RecoveryMessage> = {
  name: 'recoveries',
  schema: RecoveryMessage,
  holds: 'a recovery',
};
