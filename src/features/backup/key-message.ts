/** The queue message that asks for the backup of one key, checked when it comes in. */
import { z } from 'zod';
import { WardenError } from '../../core/errors.ts';

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

/** Reads a queue message. Fails with `message-invalid`, which names what is wrong. */
export function parseKeyBackupMessage(message: unknown): KeyBackupMessage {
  const parsed = KeyBackupMessage.safeParse(message);
  if (parsed.success) return parsed.data;
  throw new WardenError('message-invalid', {
    message: `A message in the queue key-backups is not a backup request: ${z.prettifyError(parsed.error)}`,
    advice: 'It ends in the poison queue; find out who sent it.',
    cause: parsed.error,
  });
}
