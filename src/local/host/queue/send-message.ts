/** Sends a stored text to a queue, creating the queue when it is absent. */
import type { QueueClient } from '@azure/storage-queue';
import { limitedCall } from './limited-call.ts';
import { isQueueMissing } from './storage-errors.ts';

/** Sends `stored` as it is; each call within `limitMs`. */
export async function sendCreating(queue: QueueClient, stored: string, limitMs: number): Promise<void> {
  const send = () => limitedCall((limits) => queue.sendMessage(stored, limits), limitMs);
  try {
    await send();
  } catch (error) {
    if (!isQueueMissing(error)) throw error;
    await limitedCall((limits) => queue.createIfNotExists(limits), limitMs);
    await send();
  }
}
