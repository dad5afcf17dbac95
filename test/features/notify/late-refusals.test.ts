/** A service that takes a message and says later that it did not send it: that is a failed attempt, and another channel says so. */
import { expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts';
import type { Outcome } from '../../../src/features/notify/model/ports.ts';
import { aDeletion } from '../../support/notify-samples.ts';
import { anEntry, NotifyWorld } from '../../support/notify-world.ts';

/** A world whose channel `mail` leaves each message open, and says `answer` of it when it is asked. */
function aWorld(answer: (asked: number) => Outcome | Error) {
  const world = new NotifyWorld([anEntry({ name: 'mail' }), anEntry({ name: 'other', kinds: ['channel'] })]);
  const mail = world.channel('mail');
  mail.isOpen = true;
  const asked: string[] = [];
  mail.outcome = (id) => {
    asked.push(id);
    return answer(asked.length);
  };
  return { world, asked };
}

const NOT_NOW = new WardenError('channel-unavailable', { message: 'planted', reason: '503' });

it('is recorded as refused, and reported on another channel', async () => {
  const { world } = aWorld(() => ({ failed: 'Failed' }));
  await world.happen(aDeletion('orders', { severity: 'info' }));
  expect((await world.stateOf('mail')).receipts.map(({ outcome }) => outcome)).toEqual(['accepted']);

  await world.pass(10 * MINUTE_MS);

  const [receipt, ...others] = (await world.stateOf('mail')).receipts;
  expect(others).toEqual([]);
  expect(receipt?.outcome).toBe('refused');
  expect(receipt?.tries.map(({ result }) => result)).toEqual(['accepted', 'channel-refused (Failed)']);
  expect(world.accepted('other').map(({ title }) => title)).toEqual([
    expect.stringContaining('channel mail lost 1 message'),
  ]);
  expect((await world.stateOf('mail')).awaited).toBeUndefined();
  // It is not sent again: the service knows it as done.
  expect(world.channel('mail').arrived).toHaveLength(1);
});

it('is asked for until the service knows, and no more then', async () => {
  const { world, asked } = aWorld((count) => (count === 1 ? 'open' : count === 2 ? NOT_NOW : 'sent'));
  await world.happen(aDeletion('orders', { severity: 'info' }));
  await world.pass(HOUR_MS);

  expect(asked).toHaveLength(3);
  expect(new Set(asked).size).toBe(1);
  const { receipts, awaited } = await world.stateOf('mail');
  expect(receipts.map(({ outcome, tries }) => [outcome, tries.length])).toEqual([['accepted', 1]]);
  expect(awaited).toBeUndefined();
});

it.each<['open' | Error]>([['open'], [NOT_NOW]])(
  'that nobody ever says what became of it is said, and ends the asking (%s)',
  async (answer) => {
    const { world, asked } = aWorld(() => answer);
    await world.happen(aDeletion('orders', { severity: 'info' }));
    await world.pass(5 * HOUR_MS);

    expect(asked).toHaveLength(7);
    const [receipt] = (await world.stateOf('mail')).receipts;
    expect(receipt).toMatchObject({ outcome: 'accepted' });
    expect(receipt?.tries.map(({ result }) => result)).toEqual(['accepted', 'outcome unknown']);
    expect(world.logger.lines).toContainEqual(
      expect.objectContaining({ message: 'what became of an accepted notification is not known' }),
    );
  },
);

it('holds up nothing while the service does not say', async () => {
  const { world } = aWorld(() => 'open');
  for (const key of ['orders', 'ledger', 'signing']) {
    await world.happen(aDeletion(key, { severity: 'info' }));
    await world.pass(15 * MINUTE_MS);
  }
  expect(world.accepted('mail')).toHaveLength(3);
  expect((await world.stateOf('mail')).pending).toEqual([]);
});

it('is found out by another process, too, long after its receipt is gone', async () => {
  const { world } = aWorld(() => ({ failed: 'Failed' }));
  await world.happen(aDeletion('orders', { severity: 'info' }));
  for (let n = 0; n < 210; n += 1) await world.test(`many-${n}`);
  expect((await world.stateOf('mail')).receipts.some(({ kind }) => kind === 'new')).toBe(false);

  await world.pass(40 * MINUTE_MS);

  const refused = (await world.stateOf('mail')).receipts.filter(({ outcome }) => outcome === 'refused');
  expect(refused.some(({ kind }) => kind === 'new')).toBe(true);
});
