/** The queue message that asks for a scan, checked when it comes in. */

import { z } from 'zod';
import type { Queue } from '../../../core/queue.ts';
import { Signals } from './signals.ts';

/** asks for a scan of one HSM; `signals` are what the audit log reported, where a scan of its own failed. */
export const ScanMessage = z.strictObject({
  kind: z.literal('look'),
  hsm: z.string().min(1).max(80),
  /** When it was sent, epoch milliseconds; absent in messages of older versions. */
  at: z.int().nonnegative().exactOptional(),
  signals: Signals.exactOptional(),
});
export type ScanMessage = z.infer<typeof ScanMessage>;

/** Scans that are asked for. */
export const SCANS: Queue<ScanMessage> = {
  name: 'watch-looks',
  schema: ScanMessage,
  holds: 'a request to scan',
};
