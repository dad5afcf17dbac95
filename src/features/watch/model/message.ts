/** The queue message that asks for a scan, checked when it comes in. */

import { z } from 'zod';
import type { Queue } from '../../../core/queue.ts';
import { Caller } from './events.ts';

const KeySignal = z.strictObject({ key: z.string().min(1), at: z.int().nonnegative(), caller: Caller });

/** asks for a scan of one HSM; `signals` are what the audit log reported, where a scan of its own failed. */
export const ScanMessage = z.strictObject({
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
export type ScanMessage = z.infer<typeof ScanMessage>;

/** Scans that are asked for. */
export const SCANS: Queue<ScanMessage> = {
  name: 'watch-looks',
  schema: ScanMessage,
  holds: 'a request to scan',
};
