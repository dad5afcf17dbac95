/** The queue messages of the backup, checked when they come in: a queue can hold anything. */
import { z } from 'zod';
import { WardenError } from '../../core/errors.ts';

/** Identifiers of runs sort by time and are safe in blob names. */
const RunId = z.string().regex(/^[0-9A-Za-z-]{1,80}$/);

/** Asks for (the continuation of) one run over one HSM. */
export const SweepMessage = z.strictObject({
  kind: z.literal('sweep'),
  hsm: z.string().min(1).max(80),
  runId: RunId,
});
export type SweepMessage = z.infer<typeof SweepMessage>;

/** Reads a queue message. Fails with `message-invalid`, which names what is wrong. */
export function parseSweepMessage(message: unknown): SweepMessage {
  const parsed = SweepMessage.safeParse(message);
  if (parsed.success) return parsed.data;
  throw new WardenError('message-invalid', {
    message: `A message in the queue hsm-sweeps is not a sweep request: ${z.prettifyError(parsed.error)}`,
    advice: 'It ends in the poison queue; find out who sent it.',
    cause: parsed.error,
  });
}
