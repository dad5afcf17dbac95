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
  const heard = world.accepted('other').map(({ title }) => /not accepted|lost|held up/.exec(title)?.[0]);
  expect(heard.slice(-2)).toEqual(['lost', 'held up']);
  expect(new Set(heard.slice(0, -2))).toEqual(new Set(['not accepted']));
});

it.each([
  [14, []],
  [18, ['new']],
] as const)(
  'that one is refused for now is heard on another channel after a quarter of an hour (%d minutes)',
  async (minutes, kinds) => {
    const { world } = aWorld(['ben@contoso.com'], 'channel-throttled');
    await world.happen(aDeletion('orders', { severity: 'info' }));
    await world.pass(minutes * MINUTE_MS);

    expect(world.accepted('other').map(({ kind }) => kind)).toEqual(kinds);
    for (const { title, todo } of world.accepted('other')) {
      expect(title).toContain('channel mail 1 message is not accepted');
      expect(todo).toContain('hsm-warden notify list mail');
    }
  },
);

it('is over on the other channel when the one who was behind has everything', async () => {
  const { world, fault } = aWorld(['ben@contoso.com'], 'channel-throttled');
  await world.happen(aDeletion('orders', { severity: 'info' }));
  await world.pass(30 * MINUTE_MS);
  fault.is = false;
  await world.pass(HOUR_MS);

  expect(world.accepted('other').map(({ kind }) => kind)).toEqual(['new', 'resolved']);
  expect(new Set(world.accepted('other').map(({ thread }) => thread)).size).toBe(1);
});

it('one message that the service never takes for now is heard of, while it takes others', async () => {
  const { world, mail } = aWorld([], 'channel-unavailable');
  mail.behave = ({ title }) => {
    if (title.includes('orders'))
      throw new WardenError('channel-unavailable', { message: 'planted', reason: '500' });
  };
  await world.happen(aDeletion('orders', { severity: 'info' }));
  for (let n = 0; n < 4; n += 1) {
    await world.pass(8 * MINUTE_MS);
    await world.happen(aDeletion(`key-${n}`, { hsm: 'fabrikam', severity: 'info' }));
  }

  expect(world.accepted('other').map(({ title }) => title)).toEqual([
    expect.stringContaining('channel mail 1 message is not accepted'),
  ]);
});

it('what waited while the channel took nothing is not called held up when it works again', async () => {
  const { world, mail } = aWorld([], 'channel-unavailable');
  const until = world.clock.now() + 2 * HOUR_MS;
  mail.behave = () => {
    if (world.clock.now() < until)
      throw new WardenError('channel-unavailable', { message: 'planted', reason: '503' });
  };
  for (let n = 0; n < 20; n += 1) {
    await world.happen(aDeletion(`key-${n}`, { hsm: 'fabrikam', severity: 'info' }));
    await world.pass(11 * MINUTE_MS);
  }
  expect(world.accepted('other').map(({ title }) => /accepts \w+/.exec(title)?.[0])).toEqual([
    'accepts no',
    'accepts messages',
  ]);
});
