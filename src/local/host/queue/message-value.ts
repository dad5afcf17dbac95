/** The value and the metadata a queue function receives. */
import type { DequeuedMessageItem } from '@azure/storage-queue';
import type { TriggerInput } from '../invoker.ts';

/** Names and types: `QueueTriggerBinding.CreateBindingData`, github.com/Azure/azure-sdk-for-net; dates travel as JSON. */
export function messageValue(message: DequeuedMessageItem, content: string): TriggerInput {
  const date = (value: Date) => ({ json: JSON.stringify(value.toISOString()) });
  return {
    data: { string: content },
    metadata: {
      QueueTrigger: { string: content },
      DequeueCount: { json: String(message.dequeueCount) },
      ExpirationTime: date(message.expiresOn),
      Id: { json: JSON.stringify(message.messageId) },
      InsertionTime: date(message.insertedOn),
      NextVisibleTime: date(message.nextVisibleOn),
      PopReceipt: { json: JSON.stringify(message.popReceipt) },
    },
  };
}

/** How messages are stored. */
export type MessageEncoding = 'base64' | 'none';

/** The content of a stored message, or undefined when it is not valid Base64 of UTF-8 text although it should be. */
export function decodeMessage(stored: string, encoding: MessageEncoding): string | undefined {
  if (encoding === 'none') return stored;
  const bytes = Buffer.from(stored, 'base64');
  if (bytes.toString('base64') !== stored.trim()) return undefined;
  const content = bytes.toString('utf8');
  return Buffer.from(content, 'utf8').equals(bytes) ? content : undefined;
}
