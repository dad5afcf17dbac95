/** The queue message of the recovery: it only points at a request; everything that matters is read from the record. */
import { z } from 'zod';
import { WardenError } from '../../../core/errors.ts';
import { RecoveryId } from './record.ts';

/** Asks a worker to look at a request. Anybody may send it, any number of times: it grants nothing. */
export const RecoveryMessage = z.strictObject({ kind: z.literal('recovery'), id: RecoveryId });
export type RecoveryMessage = z.infer<typeof RecoveryMessage>;

/** Reads a queue message. Fails with `message-invalid`. */
export function parseRecoveryMessage(message: unknown): RecoveryMessage {
  const parsed = RecoveryMessage.safeParse(message);
  if (parsed.success) return parsed.data;
  throw new WardenError('message-invalid', {
    message: `A message in the queue recoveries is not a recovery: ${z.prettifyError(parsed.error)}`,
    advice: 'It ends in the poison queue; find out who sent it.',
    cause: parsed.error,
  });
}
