/** What becomes due soon is dealt with soon: by a message that comes back then, never with a delay that no queue takes. */
import { expect, it } from 'vitest';
import { MINUTE_MS } from '../../../src/core/time.ts';
import { ApproverEntry } from '../../../src/features/notify/model/channel-entry.ts';
import { aRequestEvent } from '../../support/notify-samples.ts';
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
