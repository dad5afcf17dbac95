/** The queue message that asks for (the continuation of) a verification, checked when it comes in. */
import { z } from 'zod';
import type { Queue } from '../../core/queue.ts';

/** Asks to verify all backups of one HSM. */
export const VerifyMessage = z.strictObject({
  kind: z.literal('verify'),
  hsm: z.string().min(1).max(80),
  runId: z.string().regex(/^[0-9A-Za-z-]{1,80}$/),
});
export type VerifyMessage = z.infer<typeof VerifyMessage>;

/** Parts of verifications, one message for each HSM. */
export const VERIFICATIONS: Queue<VerifyMessage> = {
  name: 'verifications',
  schema: VerifyMessage,
  holds: 'a request to verify',
};
