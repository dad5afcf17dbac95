/** What a queue function gets, how often, and what becomes of the message. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { count, createWorld, encode, recordWork, SOON, texts } from '../support/queue-world.ts';

let azurite: Azurite;

beforeAll(async () => {
  azurite = await startAzurite();
});

afterAll(() => azurite.stop());

describe('a queue function', () => {
  it('creates its queue, gets each message once with its metadata, and the message is gone', async () => {
    const world = createWorld(azurite);
    const seen = recordWork();
    await world.start();
    await vi.waitFor(async () => expect(await world.queue.exists()).toBe(true), SOON);

    const sent = await world.queue.sendMessage(encode('{"hsm":"contoso"}'));
    await vi.waitFor(async () => expect([seen.length, await count(world.queue)]).toEqual([1, 0]), SOON);

    expect(seen[0]?.value).toEqual({ hsm: 'contoso' });
    expect(seen[0]?.context.triggerMetadata).toEqual({
      queueTrigger: { hsm: 'contoso' },
      dequeueCount: 1,
      id: sent.messageId,
      popReceipt: expect.any(String),
      insertionTime: sent.insertedOn.toISOString(),
      expirationTime: sent.expiresOn.toISOString(),
      nextVisibleTime: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it('gets text that is not JSON as text', async () => {
    const world = createWorld(azurite);
    const seen = recordWork();
    await world.queue.create();
    await world.queue.sendMessage(encode('plain, grüße'));
    await world.start();

    await vi.waitFor(() => expect(seen.map((one) => one.value)).toEqual(['plain, grüße']), SOON);
  });

  it('that fails gets the message again after visibilityTimeout, and after maxDequeueCount it is in the poison queue', async () => {
    const world = createWorld(azurite);
    const seen = recordWork(() => {
      throw new Error('no luck');
    });
    await world.queue.create();
    await world.queue.sendMessage(encode('unlucky'));
    await world.start({ maxDequeueCount: 3, visibilityTimeout: '00:00:01' });

    await vi.waitFor(async () => expect(await texts(world.poison)).toEqual(['unlucky']), SOON);

    expect(seen.map((one) => one.context.triggerMetadata?.dequeueCount)).toEqual([1, 2, 3]);
    expect(await count(world.queue)).toBe(0);
  });

  it('does not get the message again before visibilityTimeout', async () => {
    const world = createWorld(azurite);
    const times: number[] = [];
    recordWork(() => {
      times.push(performance.now());
      if (times.length === 1) throw new Error('no luck');
    });
    await world.queue.create();
    await world.queue.sendMessage(encode('later'));
    await world.start({ visibilityTimeout: '00:00:02' });

    await vi.waitFor(() => expect(times).toHaveLength(2), SOON);

    const [first = 0, second = 0] = times;
    // The service hides messages in whole seconds of its own clock.
    expect(second - first).toBeGreaterThan(900);
  });

  it('never sees a message that cannot be decoded: it goes to the poison queue as it is', async () => {
    const world = createWorld(azurite);
    const seen = recordWork();
    await world.queue.create();
    await world.queue.sendMessage('{"not":"base64"}');
    await world.start();

    await vi.waitFor(async () => {
      const peeked = await world.poison.peekMessages();
      expect(peeked.peekedMessageItems.map((item) => item.messageText)).toEqual(['{"not":"base64"}']);
    }, SOON);
    expect(seen).toEqual([]);
  });

  it('sees messages as they are with messageEncoding none', async () => {
    const world = createWorld(azurite);
    const seen = recordWork();
    await world.queue.create();
    await world.queue.sendMessage('{"plain":true}');
    await world.start({ messageEncoding: 'none' });

    await vi.waitFor(() => expect(seen.map((one) => one.value)).toEqual([{ plain: true }]), SOON);
  });

  it('that fails on the last attempt hands the message to the poison queue at once', async () => {
    const world = createWorld(azurite);
    recordWork(() => {
      throw new Error('no luck');
    });
    await world.queue.create();
    await world.queue.sendMessage(encode('once'));
    await world.start({ maxDequeueCount: 1, visibilityTimeout: '01:00:00' });

    await vi.waitFor(async () => expect(await texts(world.poison)).toEqual(['once']), SOON);
  });

  it('does not get a message whose earlier attempts all died without an answer', async () => {
    const world = createWorld(azurite);
    const seen = recordWork();
    await world.queue.create();
    await world.queue.sendMessage(encode('deadly'));
    const [earlier] = (await world.queue.receiveMessages({ visibilityTimeout: 60 })).receivedMessageItems;
    await world.queue.updateMessage(earlier?.messageId ?? '', earlier?.popReceipt ?? '', undefined, 0);
    await world.start({ maxDequeueCount: 1 });

    await vi.waitFor(async () => expect(await texts(world.poison)).toEqual(['deadly']), SOON);
    expect([seen, await count(world.queue)]).toEqual([[], 0]);
  });

  it('has batchSize messages in hand, and more only once no more than newBatchThreshold are left', async () => {
    const world = createWorld(azurite);
    const gates = Array.from({ length: 7 }, () => Promise.withResolvers<void>());
    const seen = recordWork((value) => gates[Number(value)]?.promise);
    await world.queue.create();
    for (const index of gates.keys()) await world.queue.sendMessage(encode(String(index)));
    await world.start({ batchSize: 3, newBatchThreshold: 1 });
    const visible = async () => (await texts(world.queue)).length;
    // A host that fetched too much would do so again and again, well within these looks.
    const steady = async () => [await visible(), await visible(), await visible(), await visible()];

    await vi.waitFor(() => expect(seen).toHaveLength(3), SOON);
    expect(await steady()).toEqual([4, 4, 4, 4]);
    gates[0]?.resolve();
    expect(await steady()).toEqual([4, 4, 4, 4]);
    gates[1]?.resolve();
    await vi.waitFor(() => expect(seen).toHaveLength(6), SOON);
    expect(await steady()).toEqual([1, 1, 1, 1]);
    for (const gate of gates) gate.resolve();

    await vi.waitFor(async () => expect([seen.length, await count(world.queue)]).toEqual([7, 0]), SOON);
  });

  it('keeps its message hidden for as long as it runs', async () => {
    const world = createWorld(azurite);
    const gate = Promise.withResolvers<void>();
    const seen = recordWork(() => gate.promise);
    await world.queue.create();
    await world.queue.sendMessage(encode('long'));
    const { host } = await world.start({}, { queueVisibilityMs: 2000 });
    await vi.waitFor(() => expect(seen).toHaveLength(1), SOON);
    const first = String(seen[0]?.context.triggerMetadata?.nextVisibleTime);

    // Well past the moment at which it would have come back.
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(Date.parse(first) + 2500), SOON);
    await host.tick();
    expect((await world.queue.receiveMessages()).receivedMessageItems).toEqual([]);
    gate.resolve();

    await vi.waitFor(async () => expect(await count(world.queue)).toBe(0), SOON);
    expect(seen).toHaveLength(1);
  });

  it('keeps the host from starting when its connection has no setting', async () => {
    const world = createWorld(azurite);

    await expect(
      world.start({}, { settings: { NIGHTLY: '0 0 2 * * *', WORK_QUEUE: 'q' } }),
    ).rejects.toMatchObject({ code: 'setting-missing' });
  });

  it('gets its queue back after someone deleted it', async () => {
    const world = createWorld(azurite);
    const seen = recordWork();
    await world.start();
    await vi.waitFor(async () => expect(await world.queue.exists()).toBe(true), SOON);
    await world.queue.delete();

    await vi.waitFor(async () => expect(await world.queue.exists()).toBe(true), SOON);
    await world.queue.sendMessage(encode('back'));

    await vi.waitFor(() => expect(seen).toHaveLength(1), SOON);
  });
});
