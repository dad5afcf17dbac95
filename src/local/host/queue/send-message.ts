/** Sends a stored text to a queue, creating the queue when it is absent. */
import type { QueueClient } from '@azure/storage-queue';
import { isQueueMissing } from './storage-errors.ts';

/** Sends `stored` as it is. */
export async function sendCreating(queue: QueueClient, stored: string): Promise<void> {
  try {
    await queue.sendMessage(stored);
  } catch (error) {
    if (!isQueueMissing(error)) throw error;
    await queue.createIfNotExists();
    await queue.sendMessage(stored);
  }
}
