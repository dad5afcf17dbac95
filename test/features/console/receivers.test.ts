/** Whether people are reached, channel by channel. */
import { describe, expect, it } from 'vitest';
import { isoTime } from '../../../src/core/time.ts';
import { readReceivers } from '../../../src/features/console/receivers.ts';
import { type ChannelState, noMessages } from '../../../src/features/notify/model/channel-state.ts';
import { MemoryDocumentStore } from '../../support/memory/memory-document-store.ts';
import { aMessage } from '../../support/notify-message.ts';

const AT = Date.UTC(2026, 10, 24, 2);

async function storeWith(...states: ChannelState[]): Promise<MemoryDocumentStore> {
  const store = new MemoryDocumentStore();
  for (const state of states) {
    const address = { kind: 'notify-channel', channel: state.channel } as const;
    await store.write(address, JSON.stringify(state), 'absent');
  }
  return store;
}

describe('the receivers', () => {
  it('say which channel accepted a message last, and when, which fails since when, and which never did', async () => {
    const store = await storeWith(
      { ...noMessages('teams'), accepted: 3, lastAcceptedAt: AT },
      {
        ...noMessages('mail'),
        accepted: 1,
        lastAcceptedAt: AT,
        failingSince: AT + 1,
        lastError: 'notify-refused (401)',
      },
    );

    expect(await readReceivers(store, ['teams', 'mail', 'pager'])).toEqual([
      { channel: 'teams', state: 'accepting', waiting: 0, lastAcceptedAt: isoTime(AT), attempts: [] },
      {
        channel: 'mail',
        state: 'failing',
        waiting: 0,
        lastAcceptedAt: isoTime(AT),
        failingSince: isoTime(AT + 1),
        lastError: 'notify-refused (401)',
        attempts: [],
      },
      { channel: 'pager', state: 'unconfirmed', waiting: 0, attempts: [] },
    ]);
  });

  it('are unknown where the memory of a channel cannot be read, which hides no other', async () => {
    const store = await storeWith({ ...noMessages('teams'), accepted: 3, lastAcceptedAt: AT });
    await store.write({ kind: 'notify-channel', channel: 'mail' }, 'damaged', 'absent');

    expect(await readReceivers(store, ['mail', 'teams'])).toMatchObject([
      { channel: 'mail', state: 'unknown', why: expect.stringContaining('mail') },
      { channel: 'teams', state: 'accepting' },
    ]);
  });

  it('show the last twenty attempts to send, newest first, of what waits and of what has ended', async () => {
    const message = aMessage({ title: 'Waiting.', recipients: ['bob@contoso.com'] });
    const tries = [{ at: AT + 3, result: 'channel-throttled (450)' }];
    const waiting = { message, queuedAt: AT, attempts: 1, nextAt: AT, tries, alone: true as const };
    const ended = (n: number) => ({
      ...{ id: String(n), thread: 't', reference: `HW-${n}`, kind: 'new', severity: 'high', title: 'Ended.' },
      ...{ queuedAt: AT, endedAt: AT, attempts: 1, outcome: 'accepted' as const },
      tries: [{ at: AT - n, result: 'accepted', status: 202 }],
    });
    const receipts = Array.from({ length: 30 }, (_, n) => ended(n));
    const store = await storeWith({ ...noMessages('mail'), accepted: 30, pending: [waiting], receipts });

    const [receiver] = await readReceivers(store, ['mail']);

    expect(receiver?.attempts).toHaveLength(20);
    expect(receiver?.attempts?.slice(0, 2)).toEqual([
      {
        at: isoTime(AT + 3),
        ...{ reference: 'HW-012345', title: 'Waiting.', receiver: 'bob@contoso.com' },
        result: 'channel-throttled (450)',
      },
      { at: isoTime(AT), reference: 'HW-0', title: 'Ended.', result: 'accepted', status: 202 },
    ]);
    expect(receiver?.lastAttempt).toEqual(receiver?.attempts?.[0]);
  });
});
