import { afterEach, beforeEach, expect, test } from 'vitest';
import { readDrillState } from '../../../src/features/drill/model/drill-state.ts';
import type { DrillHsm } from '../../../src/features/drill/ports.ts';
import { DrillWorld } from '../../support/drill-world.ts';

let world: DrillWorld;

beforeEach(async () => {
  world = await DrillWorld.start();
  await world.client.createEcKey('orders');
  await world.client.createEcKey('other');
  await world.backUp();
});
afterEach(() => world.close());

test('wrong recovery points are drilled once a week, fail, and leave nothing', async () => {
  const run = await world.run();
  expect(run).toMatchObject({ planned: 2, proven: 2, failed: 0, residue: 0 });
  const { mustFail, journal } = await readDrillState(world.state, 'drill');
  expect(mustFail?.passed).toEqual([]);
  expect(journal).toEqual([]);
  expect(world.inDrillHsm).toEqual([]);
  expect(world.sink.accepted.map(({ type }) => type)).toEqual(['HsmWarden.DrillEnded']);
  await world.run({ runId: 'run-2' });
  expect((await readDrillState(world.state, 'drill')).mustFail).toEqual(mustFail);
});

test('an HSM that restores a good copy for a damaged one is found out by the loudest event', async () => {
  const real = world.hsm;
  let good: Uint8Array | undefined;
  const forgiving: DrillHsm = {
    name: real.name,
    keys: {
      hsm: real.name,
      listKeys: (...args) => real.keys.listKeys(...args),
      listDeletedKeys: (...args) => real.keys.listDeletedKeys(...args),
      listVersions: (...args) => real.keys.listVersions(...args),
      getKey: (...args) => real.keys.getKey(...args),
      restoreKey: async (bytes, signal) => {
        try {
          const restored = await real.keys.restoreKey(bytes, signal);
          good ??= bytes;
          return restored;
        } catch (error) {
          if (good === undefined) throw error;
          return real.keys.restoreKey(good, signal);
        }
      },
    },
    sign: (...args) => real.sign(...args),
    open: (...args) => real.open(...args),
    deleteKey: (...args) => real.deleteKey(...args),
    purgeKey: (...args) => real.purgeKey(...args),
  };
  await world.run({}, world.deps(forgiving), { concurrency: 1 });
  const event = world.sink.accepted.find(({ type }) => type === 'HsmWarden.DrillBroken');
  expect(event?.data).toMatchObject({ severity: 'critical', passed: ['a damaged backup'] });
  expect(world.inDrillHsm).toEqual([]);
});
