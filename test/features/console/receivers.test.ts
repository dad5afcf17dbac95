/** Whether people are reached, channel by channel. */
import { describe, expect, it } from 'vitest';
import { isoTime } from '../../../src/core/time.ts';
import { readReceivers } from '../../../src/features/console/receivers.ts';
import { type ChannelState, noMessages } from '../../../src/features/notify/model/channel-state.ts';
import { MemoryDocumentStore } from '../../support/memory/memory-document-store.ts';

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
      { channel: 'teams', state: 'accepting', waiting: 0, lastAcceptedAt: isoTime(AT) },
      {
        channel: 'mail',
        state: 'failing',
        waiting: 0,
        lastAcceptedAt: isoTime(AT),
        failingSince: isoTime(AT + 1),
        lastError: 'notify-refused (401)',
      },
      { channel: 'pager', state: 'unconfirmed', waiting: 0 },
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
});
