import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { count, createWorld, encode, recordWork, SOON } from '../support/queue-world.ts';

let azurite: Azurite;

beforeAll(async () => {
  azurite = await startAzurite();
});

afterAll(() => azurite.stop());

describe('two hosts on one queue', () => {
  it('share its messages, each running a message only once', async () => {
    const world = createWorld(azurite);
    const seen = recordWork();
    await world.queue.create();
    await world.start({ batchSize: 1 });
    await world.start({ batchSize: 1 });
    for (let sent = 0; sent < 10; sent += 1) await world.queue.sendMessage(encode(`"${sent}"`));

    await vi.waitFor(async () => expect([seen.length, await count(world.queue)]).toEqual([10, 0]), SOON);
    expect(new Set(seen.map((one) => one.value)).size).toBe(10);
  });
});
