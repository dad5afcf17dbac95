/** What is remembered of one channel or HSM cannot be read: the others go on, it is reported, and nothing is lost meanwhile. */
import { expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts';
import { reconcileNotifications } from '../../../src/features/notify/notifier.ts';
import { aDeletion } from '../../support/notify-samples.ts';
import { anEntry, NotifyWorld } from '../../support/notify-world.ts';

function aWorld(): NotifyWorld {
  return new NotifyWorld([anEntry({ name: 'chat' }), anEntry({ name: 'pager' })]);
}

/** Makes a document unreadable; gives back what it was. */
function spoil(world: NotifyWorld, subject: string) {
  const before = world.state.documents.get(subject);
  world.state.documents.set(subject, { text: '{"format":1,', etag: 'spoiled' });
  return before;
}

/** As the host does it: what fails is tried again by the next call, and `codes` gets why. */
async function pass(world: NotifyWorld, ms: number): Promise<ReadonlySet<unknown>> {
  const codes = new Set<unknown>();
  const end = world.clock.now() + ms;
  while (world.clock.now() < end) {
    await world.clock.advance(MINUTE_MS);
    for (const call of [
      () => world.work(),
      () => reconcileNotifications(world.deps, world.hsms),
      () => world.work(),
    ])
      await call().catch((error: unknown) => codes.add(codeOf(error)));
  }
  return codes;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error;
}

function titles(world: NotifyWorld, channel: string): readonly string[] {
  return world.accepted(channel).map(({ title }) => title);
}

const ORDERS = 'Key orders on HSM contoso was deleted.';

it('of a channel: the others get every message, and hear of it once', async () => {
  const world = aWorld();
  spoil(world, 'notify-channel/chat');
  await world.bus.send([aDeletion('orders', {}, world.clock.now())], { logger: world.logger });

  const codes = await pass(world, HOUR_MS);

  expect([...codes]).toEqual(['state-corrupt']);
  const got = titles(world, 'pager');
  expect(got.filter((title) => title === ORDERS)).toHaveLength(1);
  expect(got.filter((title) => title.includes('channel chat accepts no messages'))).toHaveLength(1);
  const report = world.accepted('pager').find(({ title }) => title.includes('channel chat'));
  expect(report?.todo).toContain('notify/channels/chat.json');
  expect(report?.facts).not.toContainEqual(expect.objectContaining({ label: 'Messages waiting' }));
});

it('of a channel: an event is dealt with all the same, so that its message does not fail for good', async () => {
  const world = aWorld();
  spoil(world, 'notify-channel/chat');

  await world.happen(aDeletion('orders', {}, world.clock.now()));

  expect(titles(world, 'pager')).toEqual([ORDERS]);
  expect(world.logger.lines.map(({ message }) => message)).toContain(
    'a channel could not be served; the timer tries again',
  );
});

it('of a channel: what is for it is sent when its memory is readable or gone, and the end is reported', async () => {
  const world = aWorld();
  spoil(world, 'notify-channel/chat');
  await world.bus.send([aDeletion('orders', {}, world.clock.now())], { logger: world.logger });
  await pass(world, HOUR_MS);
  expect(titles(world, 'chat')).toEqual([]);

  world.state.documents.delete('notify-channel/chat');
  const codes = await pass(world, HOUR_MS);

  expect([...codes]).toEqual([]);
  expect(titles(world, 'chat')).toContain(ORDERS);
  const reports = world.accepted('pager').filter(({ title }) => title.includes('channel chat'));
  expect(reports.map(({ kind }) => kind)).toEqual(['new', 'resolved']);
});

it('of a channel: what is for it is given up after a day, and logged', async () => {
  const world = aWorld();
  spoil(world, 'notify-channel/chat');
  await world.bus.send([aDeletion('orders', { severity: 'info' }, world.clock.now())], {
    logger: world.logger,
  });
  await pass(world, HOUR_MS);
  expect((await world.incidentsOf()).outbox.map(({ channel }) => channel)).toEqual(['chat']);
  await world.clock.advance(DAY_MS - HOUR_MS - 2 * MINUTE_MS);
  await pass(world, MINUTE_MS);
  expect((await world.incidentsOf()).outbox).toHaveLength(1);

  await pass(world, 2 * MINUTE_MS);

  expect((await world.incidentsOf()).outbox).toEqual([]);
  expect(world.logger.lines.map(({ message }) => message)).toContain(
    'messages for a channel whose memory could not be written for a day are given up',
  );
});

it('of the incidents of an HSM: those of the others are reported', async () => {
  const world = aWorld();
  spoil(world, 'notify-incidents/hsm-contoso');
  const at = world.clock.now();
  await world.bus.send([aDeletion('orders', {}, at), aDeletion('payroll', { hsm: 'fabrikam' }, at)], {
    logger: world.logger,
  });

  const codes = await pass(world, 5 * MINUTE_MS);

  expect([...codes]).toEqual(['state-corrupt']);
  for (const channel of ['chat', 'pager'])
    expect(titles(world, channel)).toEqual(['Key payroll on HSM fabrikam was deleted.']);
});
