/** What becomes due soon is dealt with soon: by a message that comes back then, never with a delay that no queue takes. */
import { expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { MINUTE_MS } from '../../../src/core/time.ts';
import { ApproverEntry } from '../../../src/features/notify/model/channel-entry.ts';
import { NOTIFICATIONS } from '../../../src/features/notify/model/queues.ts';
import { aDeletion, aRequestEvent } from '../../support/notify-samples.ts';
import { anEntry, NotifyWorld } from '../../support/notify-world.ts';

it.each([
  [14.5 * MINUTE_MS, 'in half a minute', 30],
  [16 * MINUTE_MS, 'meanwhile', 0],
])('a reminder that is due after sending took %d ms, %s, has a wake-up', async (ms, _when, seconds) => {
  const approvers = [ApproverEntry.parse({ group: 'security', channels: ['ops'] })];
  const world = new NotifyWorld([anEntry()], { approvers });
  const delays: (number | undefined)[] = [];
  const send = world.queue.send.bind(world.queue);
  world.queue.send = (queue, message, delay) => {
    delays.push(delay);
    return send(queue, message, delay);
  };
  world.channel().behave = () => world.clock.advance(ms);

  await world.happen(aRequestEvent('requested', { missingGroups: ['security'] }));

  // The first is the event's own.
  expect(delays.slice(1, 2)).toEqual([seconds]);
});

it('however many messages wait for the same, one wake-up is on its way', async () => {
  const world = new NotifyWorld();
  const keys = Array.from({ length: 40 }, (_, n) => `key-${n}`);
  for (const key of keys) await world.happen(aDeletion(key, { severity: 'notice' }));
  expect(world.queue.waiting.filter(({ queue }) => queue === NOTIFICATIONS.name)).toHaveLength(1);

  await world.pass(2 * MINUTE_MS);

  expect(world.accepted().at(-1)?.title).toContain('40 deleted keys');
});

it('a wake-up that could not be sent is asked for again', async () => {
  const world = new NotifyWorld();
  const send = world.queue.send.bind(world.queue);
  let failed = 0;
  world.queue.send = (queue, message, delay) => {
    if (queue.name === NOTIFICATIONS.name && delay !== undefined && delay > 0 && failed === 0) {
      failed += 1;
      return Promise.reject(new WardenError('storage-unavailable', { message: 'planted' }));
    }
    return send(queue, message, delay);
  };
  for (let n = 0; n < 8; n += 1) await world.happen(aDeletion(`key-${n}`, { severity: 'notice' }));
  expect([failed, world.queue.waiting.length]).toEqual([1, 1]);
});
