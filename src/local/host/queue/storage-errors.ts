/** Distinguishes the answers of the queue service that the host acts on. */
import { isRestError } from '@azure/core-rest-pipeline';

/** The message was deleted, or received again by someone else (its receipt is out of date). */
export function isGone(error: unknown): boolean {
  return hasCode(error, ['MessageNotFound', 'PopReceiptMismatch', 'QueueNotFound']);
}

/** The queue does not exist. */
export function isQueueMissing(error: unknown): boolean {
  return hasCode(error, ['QueueNotFound']);
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return isRestError(error) && error.code !== undefined && codes.includes(error.code);
}
