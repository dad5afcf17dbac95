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
