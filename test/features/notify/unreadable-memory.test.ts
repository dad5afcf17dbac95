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

it.each(['{"format":1,', '{"format":1,"scope":"hsm-fabrikam"}', '[]'])(
  'of the incidents of an HSM (%s): they begin again, so that everybody is reached, and that is reported once',
  async (text) => {
    const world = aWorld();
    world.state.documents.set('notify-incidents/hsm-contoso', { text, etag: 'spoiled' });
    const at = world.clock.now();
    await world.bus.send([aDeletion('orders', {}, at), aDeletion('payroll', { hsm: 'fabrikam' }, at)], {
      logger: world.logger,
    });

    const codes = await pass(world, 5 * MINUTE_MS);

    expect([...codes]).toEqual([]);
    for (const channel of ['chat', 'pager'])
      expect([...titles(world, channel)].sort()).toEqual([
        ORDERS,
        'Key payroll on HSM fabrikam was deleted.',
        expect.stringContaining('The memory of the incidents of HSM contoso could not be read'),
      ]);
    const kept = [...world.state.documents].filter(([name]) => name.includes('hsm-contoso-unreadable-'));
    expect(kept.map(([, document]) => document.text)).toEqual([text]);
  },
);

it('of the incidents of the product itself: what is reported there is still reported', async () => {
  const world = aWorld();
  spoil(world, 'notify-incidents/product');
  await world.test('daily-2026-11-25');
  const codes = await pass(world, 5 * MINUTE_MS);

  expect([...codes]).toEqual([]);
  for (const channel of ['chat', 'pager'])
    expect(
      world
        .accepted(channel)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['new', 'test']);
});

it('of the incidents that a later version of the product wrote: they stay, and the others are reported', async () => {
  const world = aWorld();
  const text = '{"format":2,"scope":"hsm-contoso"}';
  world.state.documents.set('notify-incidents/hsm-contoso', { text, etag: 'later' });
  const at = world.clock.now();
  await world.bus.send([aDeletion('orders', {}, at), aDeletion('payroll', { hsm: 'fabrikam' }, at)], {
    logger: world.logger,
  });

  const codes = await pass(world, 5 * MINUTE_MS);

  expect([...codes]).toEqual(['state-corrupt']);
  expect(titles(world, 'chat')).toEqual(['Key payroll on HSM fabrikam was deleted.']);
  expect(world.state.documents.get('notify-incidents/hsm-contoso')?.text).toBe(text);
});

it('is set aside once, wherever the process is killed', async () => {
  for (let calls = 1; calls <= 6; calls += 1) {
    const world = aWorld();
    spoil(world, 'notify-incidents/hsm-contoso');
    let left = calls;
    const dying = new Proxy(world.state, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          left -= 1;
          if (left < 0) throw new Error('killed');
          return Reflect.apply(member, target, args);
        };
      },
    });
    const dead = { ...world.deps, state: dying };
    await reconcileNotifications(dead, world.hsms).catch(() => undefined);
    await pass(world, 5 * MINUTE_MS);

    expect(titles(world, 'chat')).toEqual([
      expect.stringContaining('The memory of the incidents of HSM contoso'),
    ]);
  }
});
