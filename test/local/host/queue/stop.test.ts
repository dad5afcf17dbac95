import { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { count, createWorld, encode, recordWork, SOON, texts } from '../support/queue-world.ts';

let azurite: Azurite;

beforeAll(async () => {
  azurite = await startAzurite();
});

afterAll(() => azurite.stop());

describe('a host that stops', () => {
  it('takes no more messages and lets the running one finish', async () => {
    const world = createWorld(azurite);
    const gate = Promise.withResolvers<void>();
    const seen = recordWork(() => gate.promise);
    await world.queue.create();
    await world.queue.sendMessage(encode('first'));
    const { host } = await world.start();
    await vi.waitFor(() => expect(seen).toHaveLength(1), SOON);

    const stopping = host.stop(60_000);
    await world.queue.sendMessage(encode('second'));
    gate.resolve();
    await stopping;

    expect([seen.length, await texts(world.queue)]).toEqual([1, ['second']]);
  });

  it('has stopped only when the finished message is gone', async () => {
    const world = createWorld(azurite);
    const deletion = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const deleteMessage = QueueClient.prototype.deleteMessage;
    const spy = vi.spyOn(QueueClient.prototype, 'deleteMessage');
    onTestFinished(() => spy.mockRestore());
    spy.mockImplementation(async function (this: QueueClient, ...call) {
      deletion.resolve();
      await gate.promise;
      return Reflect.apply(deleteMessage, this, call);
    });
    await world.queue.create();
    await world.queue.sendMessage(encode('first'));
    const { host } = await world.start();
    await deletion.promise;

    let stopped = false;
    const stopping = host.stop(60_000).then(() => {
      stopped = true;
    });
    // A look at the queue takes longer than anything else the host would have waited for.
    expect(await count(world.queue)).toBe(1);
    expect(stopped).toBe(false);
    gate.resolve();
    await stopping;

    expect(await count(world.queue)).toBe(0);
  });

  it('gives the message of a function that does not finish in time back at once', async () => {
    const world = createWorld(azurite);
    const gate = Promise.withResolvers<void>();
    const seen = recordWork(() => gate.promise);
    await world.queue.create();
    await world.queue.sendMessage(encode('unfinished'));
    const { host } = await world.start();
    await vi.waitFor(() => expect(seen).toHaveLength(1), SOON);

    await host.stop(50);

    expect(await texts(world.queue)).toEqual(['unfinished']);
    gate.resolve();
  });
});
