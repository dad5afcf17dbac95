/** Requests reach who can approve them: on their channels, in person by mail, again after a while, and with the outcome. */
import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../../src/core/time.ts';
import { ApproverEntry } from '../../../src/features/notify/model/channel-entry.ts';
import { aRequestEvent, SAMPLE_AT } from '../../support/notify-samples.ts';
import { anEntry, NotifyWorld } from '../../support/notify-world.ts';

const ALICE = '11111111-1111-4111-8111-111111111111';
const BOB = '22222222-2222-4222-8222-222222222222';
const CAROL = '33333333-3333-4333-8333-333333333333';
const mail = { type: 'smtp', host: 'smtp.contoso.com', from: 'warden@contoso.com', to: ['all@contoso.com'] };
// None of them would hear of a request by its filter.
const quiet = { severity: 'critical', kinds: ['gate'] };

function aWorld(): NotifyWorld {
  const entries = ['chat', 'second', 'pager', 'owners'].map((name) => anEntry({ name, ...quiet }));
  const approvers = [
    {
      group: 'security',
      channels: ['chat', 'mail', 'pager'],
      people: [
        { name: 'Alice', id: ALICE, mail: 'alice@contoso.com' },
        { name: 'Bob', id: BOB, mail: 'bob@contoso.com' },
      ],
    },
    {
      group: 'key-owner',
      channels: ['owners'],
      people: [{ name: 'Carol', id: CAROL, mail: 'carol@contoso.com' }],
    },
    { group: 'nobody-asks', channels: ['second'] },
  ].map((entry) => ApproverEntry.parse(entry));
  return new NotifyWorld([...entries, anEntry({ name: 'mail', ...mail, ...quiet })], { approvers });
}

describe('a request', () => {
  it('goes to the channel of each group that is asked, and to no other', async () => {
    const world = aWorld();
    await world.happen(aRequestEvent('requested'));
    const reached = [...world.channels.values()]
      .filter(({ accepted }) => accepted.length > 0)
      .map(({ name }) => name);
    expect(reached).toEqual(['chat', 'owners']);
    expect(world.accepted('chat')[0]?.turn).toBe('security and key-owner');
  });

  it.each([
    [14, { chat: 1, mail: 0, pager: 0 }],
    [16, { chat: 2, mail: 0, pager: 0 }],
    [29, { chat: 2, mail: 0, pager: 0 }],
    [31, { chat: 2, mail: 1, pager: 0 }],
    [59, { chat: 2, mail: 1, pager: 0 }],
    [61, { chat: 2, mail: 1, pager: 1 }],
    [600, { chat: 2, mail: 1, pager: 1 }],
  ])('has reached after %d minutes: %j', async (minutes, expected) => {
    const world = aWorld();
    await world.happen(aRequestEvent('requested'));
    await world.pass(minutes * MINUTE_MS);
    const counts = Object.fromEntries(
      Object.keys(expected).map((name) => [name, world.accepted(name).length]),
    );
    expect(counts).toEqual(expected);
  });

  it('is mailed to who can approve it, not to who asked', async () => {
    const world = aWorld();
    await world.happen(aRequestEvent('requested', { missingGroups: ['security'] }));
    await world.pass(31 * MINUTE_MS);
    expect(world.accepted('mail')[0]?.recipients).toEqual(['bob@contoso.com']);
  });

  it.each(['approved', 'rejected', 'cancelled', 'expired', 'succeeded'] as const)(
    'that is %s is not asked for any more, and who was asked hears of it',
    async (outcome) => {
      const world = aWorld();
      await world.happen(aRequestEvent('requested'));
      await world.happen(
        aRequestEvent(outcome, {
          at: SAMPLE_AT + 1000,
          missingApprovals: outcome === 'approved' ? 0 : 2,
          missingGroups: [],
          approvedBy: [{ id: BOB, name: 'Bob' }],
        }),
      );
      await world.pass(120 * MINUTE_MS);

      expect(world.accepted('chat').map(({ kind }) => kind)).toEqual([
        'new',
        outcome === 'approved' ? 'update' : 'resolved',
      ]);
      expect(world.accepted('pager')).toEqual([]);
      // By mail to who asked and who approved.
      expect(world.accepted('mail').at(-1)?.recipients).toEqual(
        expect.arrayContaining(['alice@contoso.com', 'bob@contoso.com']),
      );
    },
  );

  it('whose events come in the wrong order is said as it stands', async () => {
    const world = aWorld();
    await world.happen(
      aRequestEvent('succeeded', { at: SAMPLE_AT + 1000, missingApprovals: 0, missingGroups: [] }),
    );
    await world.happen(aRequestEvent('requested'));
    await world.pass(120 * MINUTE_MS);
    expect(world.accepted('pager')).toEqual([]);
    expect(world.accepted('chat').filter(({ kind }) => kind === 'reminder')).toEqual([]);
  });
});
