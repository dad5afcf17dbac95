/** What the audit log reported is judged in the end, whatever becomes of the scan that it was said to. */

import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { type NO_SIGNALS, withReported } from '../../../src/features/watch/model/signals.ts';
import { DAY_MS, settledWorld, WatchWorld } from '../../support/watch-world.ts';

/** A key that came and went between two scans: nobody but the audit log knows of it. */
function aKeyThatNoScanSaw(): { readonly world: WatchWorld; readonly purges: typeof NO_SIGNALS.purges } {
  const world = new WatchWorld();
  world.hsm.createKey('orders');
  world.hsm.deleteKey('orders');
  world.hsm.purgeKey('orders');
  return {
    world,
    purges: [{ key: 'orders', at: world.clock.now(), caller: { upn: 'mallory@contoso.com' } }],
  };
}

describe('a purge that only the audit log knows of', () => {
  it.each(['listKeys', 'listDeletedKeys', 'getDeletedKey', 'getKey'] as const)(
    'is reported by a later scan that nobody tells it to, after %s had failed',
    async (operation) => {
      const { world, purges } = aKeyThatNoScanSaw();
      world.hsm.faults.fail(operation, new WardenError('hsm-throttled', { message: 'planted' }), {
        times: 2,
      });
      const first = await world.scan({ purges });

      expect(first.isUnjudged).toBe(true);
      expect(world.reports).toEqual([]);
      expect(await world.during(() => world.scan())).toEqual(['KeyPurged orders']);
      expect(world.events('HsmWarden.KeyPurged')[0]?.data.purgedBy?.upn).toBe('mallory@contoso.com');
      expect(await world.memory()).not.toHaveProperty('unjudged');
    },
  );

  it('is reported by a later scan after the process died in the middle of the first', async () => {
    const { world, purges } = aKeyThatNoScanSaw();
    world.hsm.faults.plant({
      operation: 'listKeys',
      act: () => {
        throw new Error('the process died');
      },
    });
    await expect(world.scan({ purges })).rejects.toThrow('the process died');

    expect(await world.during(() => world.scan())).toEqual(['KeyPurged orders']);
  });

  it('is remembered while the HSM does not answer, however long that is, and once however often it is reported', async () => {
    const { world, purges } = aKeyThatNoScanSaw();
    world.hsm.faults.fail('listKeys', new WardenError('hsm-unreachable', { message: 'planted' }), {
      times: 8,
    });
    await world.scan({ purges });
    await world.clock.advance(DAY_MS);
    await world.scan({ purges });
    await world.clock.advance(DAY_MS);
    await world.scan();
    expect((await world.memory()).unjudged).toEqual({ deletes: [], purges });
    await world.scan();

    expect(await world.during(() => world.scan())).toContain('KeyPurged orders');
    expect(await world.during(() => world.scan({ purges }))).toEqual([]);
  });

  it('waits alone: what was judged is not kept with it', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    const at = world.clock.now();
    world.hsm.faults.fail('getDeletedKey', world.fault('hsm-throttled'), { times: 2 });
    const lost = { key: 'gone', at, caller: {} };
    await world.scan({ deletes: [{ key: 'orders', at, caller: {} }], purges: [lost] });

    expect((await world.memory()).unjudged).toEqual({ deletes: [], purges: [lost] });
  });
});

describe('what waits to be judged', () => {
  const one = { key: 'Orders', at: 1, caller: {} };

  it.each([
    ['nothing', undefined, [], undefined],
    ['the first', undefined, [one], [one]],
    [
      'the same again, in another letter case',
      [one],
      [{ ...one, key: 'orders' }],
      [{ ...one, key: 'orders' }],
    ],
    ['the same key a moment later', [one], [{ ...one, at: 2 }], [one, { ...one, at: 2 }]],
  ])('with %s', (_name, waiting, purges, expected) => {
    const before = waiting && { deletes: [], purges: waiting };

    expect(withReported(before, { deletes: [], purges })?.purges).toEqual(expected);
  });
});
