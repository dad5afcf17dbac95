/** What lies in a queue is seen without taking it, and what is not seen is not called empty. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createQueueService } from '../../../src/adapters/queue/clients.ts';
import { StorageWorkQueue } from '../../../src/adapters/queue/storage-work-queue.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { type RunningAzurite, startAzurite } from '../../support/azurite.ts';

const QUEUE = { name: 'notifications' };

let azurite: RunningAzurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

function open() {
  const service = createQueueService(azurite.access);
  return { service, queue: new StorageWorkQueue({ service, clock: systemClock }) };
}

it('nothing waits in a queue that is not there, or empty', async () => {
  const { service, queue } = open();
  expect(await queue.waitingIn(QUEUE)).toBeUndefined();
  await service.getQueueClient(QUEUE.name).createIfNotExists();
  expect(await queue.waitingIn(QUEUE)).toBeUndefined();
});

it('what waits is counted from its oldest on, and stays', async () => {
  const { service, queue } = open();
  const client = service.getQueueClient(QUEUE.name);
  await client.createIfNotExists();
  await client.clearMessages();
  const before = Date.now() - 1_000;
  for (const text of ['a', 'b']) await client.sendMessage(text);
  // To be seen later, and being worked on: neither waits.
  await client.sendMessage('c', { visibilityTimeout: 60 });

  const first = await queue.waitingIn(QUEUE);
  expect(await queue.waitingIn(QUEUE)).toEqual(first);
  expect(first?.count).toBe(2);
  expect(first?.since).toBeGreaterThanOrEqual(before - (before % 1000));
  expect(first?.since).toBeLessThanOrEqual(Date.now());

  await client.receiveMessages({ numberOfMessages: 2, visibilityTimeout: 60 });
  expect(await queue.waitingIn(QUEUE)).toBeUndefined();
});
