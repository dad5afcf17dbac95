/** A message that was set aside is gone, whoever deleted it: what matters is that it was sent again. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createQueueService } from '../../../src/adapters/queue/clients.ts';
import { PoisonQueue } from '../../../src/adapters/queue/poison-queue.ts';
import { StorageDeadLetters } from '../../../src/adapters/queue/storage-dead-letters.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { failureOf } from '../../support/errors.ts';
import { type LossyAzurite, startLossyAzurite } from '../../support/lossy-azurite.ts';

const POISON = 'hsm-sweeps-poison';
/** What the client of the storage tries. */
const TRIES = 3;
const TEXT = Buffer.from('{"kind":"sweep"}').toString('base64');

let azurite: LossyAzurite;
beforeAll(async () => {
  azurite = await startLossyAzurite('Queue');
});
afterAll(() => azurite.stop());

const direct = () => createQueueService(azurite.access);
const lossy = () => createQueueService(azurite.lossy);
const poisonQueue = (service = direct()) =>
  new PoisonQueue(POISON, service.getQueueClient(POISON), systemClock);

beforeEach(async () => {
  for (const name of ['hsm-sweeps', POISON]) {
    await direct().getQueueClient(name).createIfNotExists();
    await direct().getQueueClient(name).clearMessages();
  }
  await direct().getQueueClient(POISON).sendMessage(TEXT);
});

async function takeOne() {
  const [item] = await poisonQueue().take();
  if (item === undefined) throw new Error('expected a message');
  return item;
}

describe('a message that was set aside', () => {
  it('is sent again, and that is known, although the answer to its deletion was lost', async () => {
    const letters = new StorageDeadLetters({ service: lossy(), clock: systemClock, queues: ['hsm-sweeps'] });
    const [letter] = await letters.list();
    const lostBefore = azurite.proxy.lost;
    azurite.proxy.loseNext(({ method }) => method === 'DELETE');

    const sent = await letters.retry({ queue: 'hsm-sweeps', id: letter?.id ?? '' });

    expect([azurite.proxy.lost - lostBefore, sent]).toEqual([1, true]);
    const again = await direct().getQueueClient('hsm-sweeps').peekMessages({ numberOfMessages: 32 });
    expect(again.peekedMessageItems.map(({ messageText }) => messageText)).toEqual([TEXT]);
    expect(await letters.list()).toEqual([]);
  });

  it('is left to whoever has taken it meanwhile', async () => {
    const item = await takeOne();
    await direct().getQueueClient(POISON).updateMessage(item.messageId, item.popReceipt, TEXT, 0);

    await poisonQueue().delete(item);

    expect((await poisonQueue().peek()).map(({ messageId }) => messageId)).toEqual([item.messageId]);
  });

  it('is not called deleted while no answer says so', async () => {
    const item = await takeOne();
    for (let tries = 0; tries < TRIES; tries += 1)
      azurite.proxy.loseNext(({ method }) => method === 'DELETE');

    const error = await failureOf(poisonQueue(lossy()).delete(item));

    expect(error).toMatchObject({ code: 'storage-unreachable', transient: true });
  });
});
