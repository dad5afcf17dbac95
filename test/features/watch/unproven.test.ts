/** Restores that nobody proves are reported: without a drill HSM at once, with one whose drills do not run when the guarantee is broken. */
import { describe, expect, it } from 'vitest';
import { WatchEvent } from '../../../src/features/watch/model/events.ts';
import { DAY_MS, HOUR_MS, settledWorld, type WatchWorld } from '../../support/watch-world.ts';

/** What the heartbeat of a scan says is open. */
const openOf = async (world: WatchWorld): Promise<Readonly<Record<string, number>>> => {
  await world.scan();
  const beat = world.topic.accepted.map((one) => WatchEvent.parse(one)).findLast(isHeartbeat);
  return beat?.data.open ?? {};
};

function isHeartbeat(event: WatchEvent): event is Extract<WatchEvent, { type: 'HsmWarden.Heartbeat' }> {
  return event.type === 'HsmWarden.Heartbeat';
}

describe('restores are unproven', () => {
  it('once, where no drill HSM is named, and no more when one is', async () => {
    const world = await settledWorld();
    world.drills = { days: 30 };
    expect(await openOf(world)).toEqual({ 'restores-unproven': 1 });
    await world.scan();
    const [event, ...more] = world.events('HsmWarden.RestoresUnproven');
    expect(more).toEqual([]);
    expect(event?.data).toMatchObject({ hsm: 'contoso', severity: 'warning', reason: 'no-drill-hsm' });
    expect(event?.data.todo).toContain('WARDEN_DRILL_HSMS');

    world.drills = { days: 30, drillHsm: 'drill', lastAt: world.clock.now() };
    expect(await openOf(world)).toEqual({});

    world.drills = { days: 30 };
    await world.clock.advance(HOUR_MS);
    await world.scan();
    expect(world.events('HsmWarden.RestoresUnproven')).toHaveLength(2);
  });

  it('where a drill HSM is named and no drill has ended there a day later', async () => {
    const world = await settledWorld();
    world.drills = { days: 30, drillHsm: 'drill' };
    expect(await openOf(world)).toEqual({});
    await world.clock.advance(24 * HOUR_MS);
    await world.backUp('orders');
    expect((await openOf(world))['no-drill']).toBeUndefined();
    await world.clock.advance(HOUR_MS);
    expect(await openOf(world)).toMatchObject({ 'no-drill': 1 });
    expect(world.events('HsmWarden.RestoresUnproven').map(({ data }) => data)).toMatchObject([
      { severity: 'high', reason: 'no-drill', drillHsm: 'drill' },
    ]);
  });

  it.each([
    ['within the days of the guarantee', 30 * DAY_MS, false],
    ['after them', 30 * DAY_MS + HOUR_MS, true],
    ['at a time to come, as a clock that was ahead said', -DAY_MS, false],
  ])('or not, where the last drill ended %s', async (_, agoMs, isReported) => {
    const world = await settledWorld();
    world.drills = { days: 30, drillHsm: 'drill', lastAt: world.clock.now() - agoMs };
    await world.scan();
    expect(world.events('HsmWarden.RestoresUnproven')).toHaveLength(isReported ? 1 : 0);
  });

  it('after a day, where the last drill is dated a year ahead: nobody knows when it ended', async () => {
    const world = await settledWorld();
    const lastAt = world.clock.now() + 365 * DAY_MS;
    world.drills = { days: 30, drillHsm: 'drill', lastAt };
    await world.scan();
    await world.clock.advance(25 * HOUR_MS);
    await world.scan();
    const [event] = world.events('HsmWarden.RestoresUnproven');
    expect(event?.data).toMatchObject({ reason: 'no-drill', severity: 'high' });
    expect(event?.data).not.toHaveProperty('lastDrillAt');
  });

  it('is not concluded from what cannot be read: the keys are watched, and what was known stays', async () => {
    const world = await settledWorld();
    world.drills = { days: 30 };
    await world.scan();
    world.drills = () => {
      throw world.fault('state-corrupt');
    };
    world.hsm.deleteKey('orders');
    expect(await openOf(world)).toEqual({ 'restores-unproven': 1 });
    expect(world.reports).toContain('KeyDeleted orders');
    expect(world.logger.lines.map(({ message }) => message)).toContain(
      'whether drills run could not be read',
    );
  });
});
