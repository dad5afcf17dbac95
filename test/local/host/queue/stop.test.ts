import { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { acts } from '../apps/script.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { count, createWorld, encode, recordWork, SOON, texts } from '../support/queue-world.ts';

let azurite: Azurite;

beforeAll(async () => {
  azurite = await startAzurite();
});

afterAll(() => azurite.stop());

describe('a host that stops', () => {
  it('takes no more messages while its hook waits, and deletes that of a function that ends meanwhile', async () => {
    const world = createWorld(azurite);
    const gate = Promise.withResolvers<void>();
    const seen = recordWork(() => gate.promise);
    acts.set('terminate', () => gate.promise);
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

  it('gives back the message of a function that fails while its hook waits', async () => {
    const world = createWorld(azurite);
    const gate = Promise.withResolvers<void>();
    const seen = recordWork(() => gate.promise);
    acts.set('terminate', () => gate.promise.catch(() => undefined));
    await world.queue.create();
    await world.queue.sendMessage(encode('failed'));
    const { host } = await world.start();
    await vi.waitFor(() => expect(seen).toHaveLength(1), SOON);

    const stopping = host.stop(60_000);
    gate.reject(new Error('the app is stopping'));
    await stopping;

    // At once, for host.json of these tests has no visibilityTimeout.
    expect(await texts(world.queue)).toEqual(['failed']);
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
    acts.set('terminate', () => undefined);
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

  it.each([
    ['at once when its hook waits for nothing', () => undefined, 60_000],
    ['after the limit when its hook never ends', () => new Promise(() => undefined), 50],
    ['at once when its hook fails', () => Promise.reject(new Error('no luck')), 60_000],
  ])('ends %s; a message in work stays hidden, as after a crash', async (_, terminate, limitMs) => {
    const world = createWorld(azurite);
    const gate = Promise.withResolvers<void>();
    const seen = recordWork(() => gate.promise);
    acts.set('terminate', terminate);
    await world.queue.create();
    await world.queue.sendMessage(encode('unfinished'));
    const { host } = await world.start();
    await vi.waitFor(() => expect(seen).toHaveLength(1), SOON);

    await host.stop(limitMs);

    expect([await texts(world.queue), await count(world.queue)]).toEqual([[], 1]);
    gate.resolve();
  });
});
