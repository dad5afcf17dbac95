/** Approvers are reminded on one channel after the other, and a thousand deletions are one message: the apps over Azurite and TLS. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { setClockAhead, systemClock } from '../../src/adapters/system/system-clock.ts';
import { EventBus } from '../../src/core/events/bus.ts';
import { MINUTE_MS } from '../../src/core/time.ts';
import { NotifySink } from '../../src/features/notify/sink.ts';
import type { Received } from '../../src/local/receiver/received.ts';
import { FourEyes, POLL } from '../support/four-eyes.ts';
import { RecordingLogger } from '../support/memory/recording-logger.ts';
import { aDeletion } from '../support/notify-samples.ts';

const CHANNELS = ['teams', 'slack', 'mail', 'webhook', 'pagerduty', 'smtp'] as const;
/** Those of the groups of the local world, in the order in which they are asked. */
const ASKED = ['mail', 'slack', 'pagerduty'] as const;

let world: FourEyes;
const messages: Received[] = [];
beforeAll(async () => {
  world = await FourEyes.start(12, {}, { onMessage: (message) => void messages.push(message) });
}, 240_000);
afterAll(() => world?.close());

/** How a reminder differs from the request: a page has the same summary, with the reference of the incident. */
function reminderIn(channel: Received['channel']): string {
  return channel === 'pagerduty' ? '(HW-' : 'Reminder';
}

/** What a channel took with all of `words` in it. */
function taken(channel: Received['channel'], ...words: readonly string[]): readonly Received[] {
  return messages.filter(
    (message) => message.channel === channel && words.every((word) => JSON.stringify(message).includes(word)),
  );
}

async function isTaken(channel: Received['channel'], count: number, ...words: readonly string[]) {
  await vi.waitFor(() => expect([channel, taken(channel, ...words).length]).toEqual([channel, count]), POLL);
}

it('a request is reminded of after 15 minutes, on the second channel after 30 and on the third after 60', {
  timeout: 300_000,
}, async () => {
  await world.lose('fabrikam', 'ledger-hash');
  const asked = await world.ask({ hsm: 'fabrikam', key: 'ledger-hash' });
  // By mail both the receivers of the channel and the approvers hear of it.
  for (const channel of CHANNELS) await isTaken(channel, channel === 'mail' ? 2 : 1, asked.id);
  const counts: number[][] = [];
  let ahead = 0;
  for (const [minutes, channel] of [
    [15.5, 'mail'],
    [30.5, 'slack'],
    [60.5, 'pagerduty'],
  ] as const) {
    await world.pass(minutes * MINUTE_MS - ahead);
    ahead = minutes * MINUTE_MS;
    await world.apps.backup.invoke('notifyReconcile');
    await isTaken(channel, 1, asked.id, reminderIn(channel));
    counts.push(ASKED.map((name) => taken(name, asked.id, reminderIn(name)).length));
  }

  expect(counts).toEqual([
    [1, 0, 0],
    [1, 1, 0],
    [1, 1, 1],
  ]);
  const [reminder] = taken('mail', asked.id, 'Reminder');
  expect(reminder?.to).toEqual(['bob@contoso.example', 'carol@contoso.example']);
});

it('a thousand deletions are one message on each channel', { timeout: 300_000 }, async () => {
  setClockAhead(systemClock.now() - Date.now() + 60 * MINUTE_MS);
  const now = systemClock.now();
  const events = Array.from({ length: 1000 }, (_, n) =>
    aDeletion(`bulk-${n}`, { severity: 'high' }, now + n),
  );
  const bus = new EventBus([new NotifySink(world.local.queue)], systemClock);

  await bus.send(events, { logger: new RecordingLogger() });

  for (const channel of CHANNELS) {
    await vi.waitFor(() => expect(taken(channel, '1,000 deleted keys')).toHaveLength(1), {
      ...POLL,
      timeout: 120_000,
    });
    expect([channel, taken(channel, 'deleted keys').length]).toEqual([channel, 1]);
  }
});
