/** What every look into a queue heeds. */
import { WardenError } from '../../core/errors.ts';

/** The most messages that the service shows or gives in one answer. */
export const AT_ONCE = 32;

/** The client reads no message in a page of a proxy: what does not come from the storage service must not look like an empty queue. */
export function fromStorage<T extends { readonly version?: string }>(answer: T, queue: string): T {
  if (answer.version !== undefined) return answer;
  throw new WardenError('storage-unavailable', {
    message: `What answered for the queue ${queue} is not the storage account.`,
    advice: 'Check the address of the queues in the settings, and the proxy in between.',
    reason: 'garbage',
  });
}
