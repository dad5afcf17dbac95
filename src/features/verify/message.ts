/** The queue message that asks for (the continuation of) a verification, checked when it comes in. */
import { z } from 'zod';
import { WardenError } from '../../core/errors.ts';

/** Asks to verify all backups of one HSM. */
export const VerifyMessage = z.strictObject({
  kind: z.literal('verify'),
  hsm: z.string().min(1).max(80),
  runId: z.string().regex(/^[0-9A-Za-z-]{1,80}$/),
});
export type VerifyMessage = z.infer<typeof VerifyMessage>;

/** Reads a queue message. Fails with `message-invalid`, which names what is wrong. */
export function parseVerifyMessage(message: unknown): VerifyMessage {
  const parsed = VerifyMessage.safeParse(message);
  if (parsed.success) return parsed.data;
  throw new WardenError('message-invalid', {
    message: `A message in the queue verifications is not a request to verify: ${z.prettifyError(parsed.error)}`,
    advice: 'It ends in the poison queue; find out who sent it.',
    cause: parsed.error,
  });
}
