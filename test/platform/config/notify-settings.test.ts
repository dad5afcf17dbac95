/** Settings of the notifications that are wrong stop nothing: what is right counts, and the rest is reported. */
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { WardenError } from '../../../src/core/errors.ts';
import { MINUTE_MS } from '../../../src/core/time.ts';
import { reconcileNotifications } from '../../../src/features/notify/notifier.ts';
import { channelsOf } from '../../../src/platform/compose-notify.ts';
import { readConfig } from '../../../src/platform/config/config.ts';
import { failureOf } from '../../support/errors.ts';
import { aMessage } from '../../support/notify-message.ts';
import { aDeletion } from '../../support/notify-samples.ts';
import { anEntry, NotifyWorld } from '../../support/notify-world.ts';

const BASE = { WARDEN_HSMS: 'contoso', WARDEN_BACKUP_URL: 'https://b.blob.core.windows.net' };
const GOOD = { type: 'slack', name: 'ops' };
const SECRET = 'https://hooks.slack.com/services/T0/B0/s3cr3t';

it.each([
  ['WARDEN_NOTIFY_CHANNELS', '{', 'channels', []],
  ['WARDEN_NOTIFY_CHANNELS', '{}', 'channels', []],
  ['WARDEN_NOTIFY_APPROVERS', 'x', 'approvers', []],
  ['WARDEN_NOTIFY_APPROVERS', '[{"group":"a"}]', 'approvers', []],
  [
    'WARDEN_NOTIFY_APPROVERS',
    '[{"group":"a","channels":["nobody"]}]',
    'approvers',
    [{ group: 'a', channels: [] }],
  ],
  ['WARDEN_NOTIFY_PEOPLE', '[{"name":"Ann"}]', 'people', []],
  ['WARDEN_NOTIFY_REMINDERS', 'soon', 'remindersMs', [15, 30, 60].map((minutes) => minutes * MINUTE_MS)],
  ['WARDEN_NOTIFY_REPEAT', 'critical', 'repeatHours', { critical: 1, high: 4, warning: 24 }],
  ['WARDEN_NOTIFY_MASK_KEYS', 'ture', 'maskKeys', true],
  ['WARDEN_NOTIFY_ORIGIN', 'https://console.contoso.com/path', 'origin', undefined],
  ['WARDEN_NOTIFY_ORIGIN', 'nowhere', 'origin', undefined],
  ['WARDEN_NOTIFY_TEST_SCHEDULE', 'daily', 'testSchedule', '0 0 7 * * *'],
  ['WARDEN_NOTIFY_QUEUE_URL', 'http://queue.contoso.com', 'queueUrl', undefined],
  ['WARDEN_NOTIFY_CHANEL', '[]', 'channels', []],
] as const)('%s=%s is a fault, and the app starts', (name, text, member, value) => {
  const { faults, notify } = readConfig({ ...BASE, [name]: text });

  expect(faults.map(({ setting }) => setting)).toEqual([name]);
  expect(notify[member]).toEqual(value);
});

it.each([
  ['a kind that nobody knows', { type: 'carrier-pigeon', name: 'birds', severity: 'high' }, 'birds'],
  ['a secret in the wrong place', { ...GOOD, name: 'chat', webhook: SECRET }, 'chat'],
  ['a name that is taken', GOOD, 'unreadable-2'],
  ['no name', { type: 'slack' }, 'unreadable-2'],
  ['no object', SECRET, 'unreadable-2'],
] as const)('a channel with %s costs no other, and fails when it is used', async (_, bad, name) => {
  const config = readConfig({ ...BASE, WARDEN_NOTIFY_CHANNELS: JSON.stringify([GOOD, bad]) });

  expect(config.faults).toHaveLength(1);
  expect(JSON.stringify(config)).not.toContain(SECRET);
  expect(config.notify.channels).toMatchObject([GOOD, { type: 'unusable', name }]);
  const credential = { getToken: async () => null };
  const channels = channelsOf(config, { credential, clock: systemClock, caPem: undefined })();
  const failure = await failureOf(channels.get(name)?.send(aMessage()) ?? Promise.resolve());
  expect(failure).toMatchObject({ code: 'channel-misconfigured', reason: 'settings' });
});

it('what is wrong with other settings still stops the start', () => {
  expect(() => readConfig({ ...BASE, WARDEN_NOTIFY_CHANNELS: '{', WARDEN_PACE: 'fast' })).toThrow(
    '1 problem',
  );
});

it('a channel with a bad entry is reported on the others at once, keeps what is for it, and is over when it works', async () => {
  const entries = [GOOD, { type: 'slack', name: 'chat', severity: 'loud' }];
  const { notify } = readConfig({ ...BASE, WARDEN_NOTIFY_CHANNELS: JSON.stringify(entries) });
  const world = new NotifyWorld(notify.channels);
  world.channel('chat').behave = () => {
    throw new WardenError('channel-misconfigured', { message: 'planted', reason: 'settings' });
  };
  await world.pass(2 * MINUTE_MS);
  expect(world.accepted('ops')).toMatchObject([{ kind: 'new', severity: 'high' }]);
  expect(world.accepted('ops')[0]?.todo).toContain('Correct its entry in WARDEN_NOTIFY_CHANNELS');
  await world.happen(aDeletion('orders'));
  await world.pass(5 * MINUTE_MS);
  expect(world.accepted('chat')).toEqual([]);

  // The entry was corrected, and the app started again.
  world.channel('chat').behave = () => undefined;
  const channels = [anEntry(GOOD), anEntry({ ...GOOD, name: 'chat' })];
  const deps = { ...world.deps, policy: { ...world.deps.policy, channels } };
  for (let minute = 0; minute < 10; minute += 1) {
    await world.clock.advance(MINUTE_MS);
    await reconcileNotifications(deps, world.hsms);
    await world.work();
  }

  expect(world.accepted('chat').map(({ title }) => title)).toEqual([expect.stringContaining('orders')]);
  const about = world.accepted('ops').filter(({ title }) => title.includes('channel chat'));
  expect(about.map(({ kind }) => kind)).toEqual(['new', 'resolved']);
});
