/** People are reached: both apps as `npm start` runs them, over Azurite and TLS, with a receiver in place of the services. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ChannelState } from '../../src/features/notify/model/channel-state.ts';
import { NOTIFICATIONS } from '../../src/features/notify/model/queues.ts';
import { readChannelState } from '../../src/features/notify/model/read-channel.ts';
import type { Received } from '../../src/local/receiver/received.ts';
import { keyClientOn } from '../support/emulator-world.ts';
import { FourEyes, POLL } from '../support/four-eyes.ts';

const CHANNELS = ['teams', 'slack', 'mail', 'webhook', 'pagerduty', 'smtp'] as const;

/** PagerDuty is sent no words with an end. */
const WORDED = CHANNELS.filter((channel) => channel !== 'pagerduty');

let world: FourEyes;
const messages: Received[] = [];
beforeAll(async () => {
  world = await FourEyes.start(12, {}, { onMessage: (message) => void messages.push(message) });
}, 120_000);
afterAll(() => world?.close());

/** What a channel took about something, as text. */
function about(channel: Received['channel'], ...words: readonly string[]): string[] {
  return messages
    .filter((message) => message.channel === channel)
    .map(({ title, lines }) => [title, ...lines.map(({ text }) => text)].join('\n'))
    .filter((text) => words.every((word) => text.includes(word)));
}

/** The message on each channel, once it is there, with its incident. */
async function onEveryChannel(...words: readonly string[]): Promise<Record<string, string>> {
  return onEach(CHANNELS, ...words);
}

async function onEach(
  channels: readonly Received['channel'][],
  ...words: readonly string[]
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const channel of channels) {
    const text = await vi.waitFor(() => {
      const [one] = about(channel, ...words);
      if (one === undefined) throw new Error(`nothing on ${channel} about ${words.join(', ')}`);
      return one;
    }, POLL);
    found[channel] = /HW-[0-9A-F]{6}/.exec(text)?.[0] ?? '';
  }
  return found;
}

function states(): Promise<readonly ChannelState[]> {
  return Promise.all(CHANNELS.map((channel) => readChannelState(world.local.state, channel)));
}

describe('people are reached on every channel', () => {
  it('of a deleted key, and in the same thread of its recovery', async () => {
    await world.lose('contoso', 'disk-encryption-prod');
    await world.apps.backup.invoke('deletedKeyWatch');
    const first = await onEveryChannel('disk-encryption-prod', 'was deleted');

    const recovering = await keyClientOn(world.hsm('contoso')).beginRecoverDeletedKey('disk-encryption-prod');
    await recovering.pollUntilDone();
    await world.apps.backup.invoke('deletedKeyWatch');

    expect(first).toMatchObject(await onEach(WORDED, 'disk-encryption-prod', 'active again'));
    expect(about('pagerduty', 'Resolved: hsm-warden/')).not.toEqual([]);
  });

  it('of a request, which approvers are asked for in person, and of its outcome', async () => {
    await world.lose('fabrikam', 'ledger-hash');
    const asked = await world.ask({ hsm: 'fabrikam', key: 'ledger-hash' });
    await onEveryChannel(asked.id, 'was asked for', '2 approvals are missing');
    const mail = messages.find(({ channel, title }) => channel === 'mail' && title.includes('was asked for'));
    expect(mail?.to).toEqual(['bob@contoso.example', 'carol@contoso.example']);

    await world.approve('bob', asked);
    await onEveryChannel(asked.id, '1 approval is missing');
    await world.approve('carol', asked);
    await world.ended(asked.id);
    await onEach(WORDED, asked.id, 'succeeded');
    const outcome = messages.find(
      ({ channel, title, to }) =>
        channel === 'mail' && title.includes('succeeded') && to.includes('alice@contoso.example'),
    );
    expect(outcome?.to).toEqual(expect.arrayContaining(['bob@contoso.example', 'carol@contoso.example']));

    expect(JSON.stringify(messages)).not.toContain(asked.digest);
  });

  it('by a test, once where it is asked for twice', async () => {
    await Promise.all(
      [1, 2].map(() => world.local.queue.send(NOTIFICATIONS, { kind: 'test', test: 'scenario' })),
    );
    await onEveryChannel('Test of the channel');

    const counts = CHANNELS.map((channel) => about(channel, 'Test of the channel').length);
    expect(counts).toEqual([1, 1, 1, 1, 1, 1]);
  });
});

it('keeps a receipt of each message, and sends none of them twice', async () => {
  await vi.waitFor(async () => {
    for (const { pending } of await states()) expect(pending).toEqual([]);
  }, POLL);

  for (const { channel, receipts, accepted, failingSince } of await states()) {
    const taken = messages.filter((message) => message.channel === channel);
    expect([channel, accepted, failingSince]).toEqual([channel, taken.length, undefined]);
    expect(receipts.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(taken.length);
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(receipts.length);
  }
});

it('keeps the secrets of the channels to the app that sends, and out of what it stores', async () => {
  const { settings, recoverySettings } = world.local.world;
  const secrets = Object.values<string>(JSON.parse(settings.WARDEN_NOTIFY_SECRETS ?? '{}'));
  expect(secrets).toHaveLength(5);
  expect(recoverySettings.WARDEN_NOTIFY_SECRETS).toBe('');

  const stored = JSON.stringify([await states(), messages, world.local.world.topic.accepted]);
  for (const secret of secrets) expect(stored).not.toContain(secret);
});
