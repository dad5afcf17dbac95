/** What the watch says of an HSM that does not answer, and of its keys meanwhile. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, settledWorld, WatchWorld } from '../../support/watch-world.ts';

describe('an HSM that does not answer', () => {
  it.each(['hsm-unreachable', 'hsm-token-unavailable'] as const)(
    '(%s) is reported once, after it has been silent for the set time, with a heartbeat that says so',
    async (code) => {
      const world = await settledWorld();
      const error = new WardenError(code, { message: 'no route' });
      world.hsm.faults.fail('listKeys', error, { times: 6 });
      const first = await world.scan();
      expect(first.ok).toBe(false);
      await world.clock.advance(10 * MINUTE_MS);
      await world.scan();
      await world.scan();

      expect(world.reports).toEqual(['HsmUnreachable']);
      const beats = world.topic.accepted.filter(({ type }) => type === 'HsmWarden.Heartbeat');
      expect(beats.map(({ data }) => 'ok' in data && data.ok)).toEqual([true, false, false, false]);
    },
  );

  it('is reported by the first scan when its settings are wrong: waiting makes them no better', async () => {
    const world = await settledWorld();
    const error = new WardenError('hsm-settings-invalid', { message: 'a pace of 99' });
    world.hsm.faults.fail('listKeys', error, { times: 6 });
    await world.scan();
    await world.scan();

    expect(world.reports).toEqual(['HsmUnreachable']);
    expect(world.events('HsmWarden.HsmUnreachable')[0]?.data).toMatchObject({
      code: 'hsm-settings-invalid',
      message: 'a pace of 99',
    });
  });

  it('is reported again when it falls silent again', async () => {
    const world = await settledWorld();
    world.policy = { ...world.policy, unreachableAfterMs: 0 };
    const error = new WardenError('hsm-unreachable', { message: 'no route' });
    for (let round = 1; round <= 2; round += 1) {
      world.hsm.faults.fail('listKeys', error, { times: 2 });
      await world.scan();
      await world.clock.advance(HOUR_MS);
      await world.scan();
    }

    expect(world.reports).toEqual(['HsmUnreachable', 'HsmUnreachable']);
    expect(new Set(world.events('HsmWarden.HsmUnreachable').map(({ id }) => id)).size).toBe(2);
  });
});

describe('an HSM out of reach', () => {
  it('does not silence the countdown of a key that is known to be deleted', async () => {
    const world = new WatchWorld({ retentionDays: 8 });
    world.hsm.createKey('orders');
    await world.scan();
    world.hsm.deleteKey('orders');
    await world.scan();
    world.hsm.faults.fail('listKeys', world.fault('hsm-unreachable'), { times: 1_000 });
    await world.clock.advance(2 * DAY_MS);
    await world.scan();
    await world.scan();

    expect(world.reports).toEqual(['KeyDeleted orders', 'PurgePending orders']);
    expect(world.events('HsmWarden.PurgePending')[0]?.data.severity).toBe('high');
  });
});
