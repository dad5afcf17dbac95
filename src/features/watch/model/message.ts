/** The queue message that asks for a look, checked when it comes in. */
import { z } from 'zod';
import { WardenError } from '../../../core/errors.ts';
import { Caller } from '../../../core/events/finding.ts';

const KeySignal = z.strictObject({ key: z.string().min(1), at: z.int().nonnegative(), caller: Caller });

/** Asks to look at one HSM; `signals` are what the audit log told, where a look of its own failed. */
export const LookMessage = z.strictObject({
  kind: z.literal('look'),
  hsm: z.string().min(1).max(80),
  signals: z
    .strictObject({
      deletes: z.array(KeySignal).readonly(),
      purges: z.array(KeySignal).readonly(),
      uses: z
        .array(z.strictObject({ ...KeySignal.shape, operation: z.string(), httpStatus: z.int() }))
        .readonly(),
    })
    .exactOptional(),
});
export type LookMessage = z.infer<typeof LookMessage>;

/** Reads a queue message. Fails with `message-invalid`, which names what is wrong. */
export function parseLookMessage(message: unknown): LookMessage {
  const parsed = LookMessage.safeParse(message);
  if (parsed.success) return parsed.data;
  throw new WardenError('message-invalid', {
    message: `A message in the queue watch-looks is not a request to look: ${z.prettifyError(parsed.error)}`,
    advice: 'It ends in the poison queue; find out who sent it.',
    cause: parsed.error,
  });
}
