/** Whether people are reached, channel by channel. */
import { describe, expect, it } from 'vitest';
import { isoTime, MINUTE_MS } from '../../../src/core/time.ts';
import { heldUpOf, readReceivers } from '../../../src/features/console/receivers.ts';
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

    expect(await readReceivers(store, ['teams', 'mail', 'pager'], AT)).toEqual([
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

    expect(await readReceivers(store, ['mail', 'teams'], AT)).toMatchObject([
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

    const [receiver] = await readReceivers(store, ['mail'], AT);

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

describe('messages that are not accepted', () => {
  const aWaiting = (n: number, queuedAt: number, tried: readonly string[] = []) => ({
    message: aMessage({ id: n.toString(16).padStart(32, '0') }),
    ...{ queuedAt, attempts: tried.length, nextAt: queuedAt },
    tries: tried.map((result) => ({ at: queuedAt, result })),
  });
  const heldUpAt = async (ms: number, change: Partial<ChannelState>) => {
    const store = await storeWith({ ...noMessages('mail'), accepted: 3, lastAcceptedAt: AT, ...change });
    return heldUpOf(await readReceivers(store, ['mail'], AT + ms));
  };

  it.each([
    [15 * MINUTE_MS - 1, []],
    [15 * MINUTE_MS, [{ channel: 'mail', heldUp: { count: 1, since: isoTime(AT), why: 'not tried yet' } }]],
  ])('are held up after a quarter of an hour (%d ms: %j)', async (ms, expected) => {
    expect(await heldUpAt(ms, { pending: [aWaiting(1, AT)] })).toEqual(expected);
  });

  it.each([
    [
      'the last attempt at it',
      {},
      ['channel-unavailable (503)', 'channel-throttled (450)'],
      'channel-throttled (450)',
    ],
    [
      'the trouble of its channel',
      { lastError: 'channel-misconfigured (404)' },
      [],
      'channel-misconfigured (404)',
    ],
    ['that there was no attempt, as where no app runs', {}, [], 'not tried yet'],
  ])('are counted, since the oldest, with %s', async (_case, change, tried, why) => {
    const pending = [aWaiting(1, AT + 1), aWaiting(2, AT, tried), aWaiting(3, AT + MINUTE_MS)];
    expect(await heldUpAt(15 * MINUTE_MS + 1, { ...change, pending })).toEqual([
      { channel: 'mail', heldUp: { count: 2, since: isoTime(AT), why } },
    ]);
  });

  it('are not known to be none where the memory of the channel cannot be read', async () => {
    const store = await storeWith();
    await store.write({ kind: 'notify-channel', channel: 'mail' }, 'damaged', 'absent');
    expect(heldUpOf(await readReceivers(store, ['mail'], AT))).toEqual([
      { channel: 'mail', unknown: expect.stringContaining('mail') },
    ]);
  });
});
