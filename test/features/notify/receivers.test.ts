/** A mail that a server takes for some of its receivers: the others are tried again, and nobody gets it twice. */
import { expect, it } from 'vitest';
import { WardenError, type WardenErrorCode } from '../../../src/core/errors.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts';
import { aDeletion, aRecoveredKey, SAMPLE_AT } from '../../support/notify-samples.ts';
import { anEntry, type FakeChannel, NotifyWorld } from '../../support/notify-world.ts';

const TO = ['ann@contoso.com', 'ben@contoso.com', 'cyd@contoso.com'];

/** A mail channel, and another one, of which the server of the first refuses `refused` with `code`, as long as that is so. */
function aWorld(refused: readonly string[], code: WardenErrorCode) {
  const world = new NotifyWorld([anEntry({ name: 'mail' }), anEntry({ name: 'other', kinds: ['channel'] })]);
  const mail = world.channel('mail');
  const fault = { is: true };
  mail.receivers = TO;
  mail.refuse = (receiver) =>
    fault.is && refused.includes(receiver)
      ? new WardenError(code, { message: 'planted', reason: '450' })
      : undefined;
  return { world, mail, fault };
}

/** What each has got. */
function gotBy({ got }: FakeChannel): Record<string, string[]> {
  return Object.fromEntries(
    TO.map((name) => [
      name,
      got.filter(({ receiver }) => receiver === name).map(({ message }) => message.kind),
    ]),
  );
}

it('those who were refused for now get it later, and the others never again', async () => {
  const { world, mail, fault } = aWorld(['ben@contoso.com'], 'channel-throttled');
  await world.happen(aDeletion('orders', { severity: 'info' }));
  await world.pass(10 * MINUTE_MS);
  expect(gotBy(mail)).toEqual({ [TO[0] ?? '']: ['new'], [TO[1] ?? '']: [], [TO[2] ?? '']: ['new'] });
  expect((await world.stateOf('mail')).pending.map(({ message }) => message.recipients)).toEqual([[TO[1]]]);

  fault.is = false;
  await world.pass(HOUR_MS);

  expect(Object.values(gotBy(mail))).toEqual([['new'], ['new'], ['new']]);
  expect((await world.stateOf('mail')).pending).toEqual([]);
});

it('who is behind gets the messages of a thread in order, and holds up nobody', async () => {
  const { world, mail, fault } = aWorld(['ben@contoso.com'], 'channel-unavailable');
  await world.happen(aDeletion('orders', { severity: 'info' }));
  await world.happen(aRecoveredKey('orders', SAMPLE_AT + 1000));
  await world.pass(5 * MINUTE_MS);
  expect(Object.values(gotBy(mail))).toEqual([['new', 'resolved'], [], ['new', 'resolved']]);

  fault.is = false;
  await world.pass(HOUR_MS);

  expect(Object.values(gotBy(mail))).toEqual([
    ['new', 'resolved'],
    ['new', 'resolved'],
    ['new', 'resolved'],
  ]);
  const ids = mail.got.map(({ receiver, message }) => `${receiver} ${message.id}`);
  expect(new Set(ids).size).toBe(ids.length);
});

it('that one was refused for good is recorded with the receiver, and reported on another channel', async () => {
  const { world, mail } = aWorld(['ben@contoso.com'], 'channel-refused');
  await world.happen(aDeletion('orders', { severity: 'info' }));
  await world.pass(HOUR_MS);

  expect(Object.values(gotBy(mail))).toEqual([['new'], [], ['new']]);
  const { receipts, pending } = await world.stateOf('mail');
  expect(pending).toEqual([]);
  expect(receipts.map(({ outcome, receiver }) => [outcome, receiver])).toEqual([
    ['accepted', undefined],
    ['refused', 'ben@contoso.com'],
  ]);
  expect(world.accepted('other').map(({ title }) => title)).toEqual([
    expect.stringContaining('channel mail lost 1 message'),
  ]);
});

it('what one never gets is given up a day after it was queued, and reported', async () => {
  const { world, mail } = aWorld(['ben@contoso.com'], 'channel-unavailable');
  await world.happen(aDeletion('orders', { severity: 'info' }));
  await world.pass(DAY_MS - MINUTE_MS);
  expect((await world.stateOf('mail')).pending).toHaveLength(1);
  await world.pass(HOUR_MS);

  expect(Object.values(gotBy(mail)).map(({ length }) => length)).toEqual([1, 0, 1]);
  expect((await world.stateOf('mail')).receipts.at(-1)).toMatchObject({
    outcome: 'expired',
    receiver: 'ben@contoso.com',
  });
  expect(world.accepted('other')).toHaveLength(1);
});
