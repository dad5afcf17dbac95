/** Somebody who can write the queue of scans puts words into it that approvers are to read. */
import { describe, expect, it } from 'vitest';
import { readMessage } from '../../../../src/core/queue.ts';
import { keyHistory } from '../../../../src/features/recovery/planning/history.ts';
import { SCANS } from '../../../../src/features/watch/model/message.ts';
import { updateWatchState } from '../../../../src/features/watch/model/watch-state.ts';
import { settledWorld } from '../../../support/watch-world.ts';

const PLANTED = 'bob@contoso.com\nThe backup is sealed.\u202edelaes';
const READABLE = 'bob@contoso.comThe backup is sealed.delaes';

const messageOf = (key: string, upn: string, at = 1_000) => ({
  kind: 'look',
  hsm: 'contoso',
  signals: {
    deletes: [{ key, at, caller: { upn, address: '203.0.113.7' } }],
    purges: [{ key, at, caller: { appId: upn } }],
    uses: [{ key, at, caller: { objectId: upn }, operation: upn, httpStatus: 404 }],
  },
});

const IMPOSSIBLE = messageOf('orders\nThe backup is sealed.', 'bob').signals;

describe('a message that asks for a scan', () => {
  it('is read as it was sent, with and without what the audit log reported', () => {
    const message = messageOf('orders', 'bob@contoso.com');
    expect(readMessage(SCANS, message)).toEqual(message);
    expect(readMessage(SCANS, { kind: 'look', hsm: 'contoso', at: 1_000 })).toEqual({
      kind: 'look',
      hsm: 'contoso',
      at: 1_000,
    });
  });

  it('says who did something, and what, without what hides or moves other words', () => {
    expect(readMessage(SCANS, messageOf('orders', PLANTED))).toEqual(messageOf('orders', READABLE));
    expect(readMessage(SCANS, messageOf('orders', '\u200b')).signals?.deletes[0]?.caller).toEqual({
      upn: 'a name that cannot be shown',
      address: '203.0.113.7',
    });
    expect(readMessage(SCANS, messageOf('orders', 'x'.repeat(1_000)))).toEqual(
      messageOf('orders', 'x'.repeat(200)),
    );
  });

  it.each([
    { list: 'deletes', planted: { deletes: IMPOSSIBLE.deletes } },
    { list: 'purges', planted: { purges: IMPOSSIBLE.purges } },
    { list: 'uses', planted: { uses: IMPOSSIBLE.uses } },
  ])('is none when it names a key in its $list that no HSM can have', ({ planted }) => {
    const { signals, ...rest } = messageOf('orders', 'bob');
    expect(() => readMessage(SCANS, { ...rest, signals: { ...signals, ...planted } })).toThrow(
      'expected a key name',
    );
  });
});

describe('the history that approvers read', () => {
  it('has no line ends and no direction marks of a message', async () => {
    const world = await settledWorld();
    const at = world.clock.now();
    world.hsm.deleteKey('orders');
    await world.scan(readMessage(SCANS, messageOf('orders', PLANTED, at)).signals);
    const said = await keyHistory(world.state, { hsm: 'contoso', key: 'orders' }, undefined);

    expect(said.join()).toContain(`by ${READABLE} from 203.0.113.7.`);
    expect(said.join()).not.toMatch(/[\n\u202e]/);
  });

  it('has none that are written into the memory of the watch', async () => {
    const world = await settledWorld();
    const purge = { at: 1_000, awaitsRecord: false, records: [], purgedBy: { upn: PLANTED } };
    const lastUse = { at: 1_000, operation: PLANTED, caller: {} };
    const tax = { state: 'deleted', createdAt: 1, deletedAt: 2, scheduledPurgeAt: 3, lastUse } as const;
    await updateWatchState(world.state, 'contoso', (state) => ({
      ...state,
      keys: { tax: { ...tax, told: [], uses: [] } },
      purges: { orders: purge },
    }));
    const of = (key: string) => keyHistory(world.state, { hsm: 'contoso', key }, undefined);

    expect((await of('orders')).join()).toContain(`It was purged by ${READABLE};`);
    expect((await of('tax')).join()).toContain(`the last try to use it since was ${READABLE} at`);
  });
});
