import { afterEach, beforeEach, expect, test } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { readDrillState, updateDrillState } from '../../../src/features/drill/model/drill-state.ts';
import { hsmBut } from '../../support/drill-faults.ts';
import { DrillWorld } from '../../support/drill-world.ts';

let world: DrillWorld;

beforeEach(async () => {
  world = await DrillWorld.withTwoKeys();
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
  const forgiving = hsmBut(real, {
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
  });
  await world.run({}, world.deps(forgiving), { concurrency: 1 });
  const event = world.sink.accepted.find(({ type }) => type === 'HsmWarden.DrillBroken');
  expect(event?.data).toMatchObject({ severity: 'critical', passed: ['a damaged backup'] });
  expect(world.inDrillHsm).toEqual([]);

  // Repaired: the very next run tries them again, and says that drills can be believed.
  await world.run({ runId: 'run-2' });
  const types = world.sink.accepted.map(({ type }) => type).filter((type) => /Broken|Trusted/.test(type));
  expect(types).toEqual(['HsmWarden.DrillBroken', 'HsmWarden.DrillTrusted']);
  expect((await mustFail())?.passed).toEqual([]);
});

const mustFail = async () => (await readDrillState(world.state, 'drill')).mustFail;

test('the keys of a trial need not be of its run: any hour that drills nothing tries the drills when it is time', async () => {
  const one = (key: string) => world.run({ runId: `run-${key}`, what: { kind: 'key', hsm: 'contoso', key } });
  await one('orders');
  await one('other');
  await forgetTrial();

  const hour = await world.run({ runId: 'hourly', what: { kind: 'due' } }, undefined, { nightly: false });

  expect(hour).toMatchObject({ planned: 0, residue: 0 });
  expect(await mustFail()).toMatchObject({ passed: [] });
});

test.each([
  ['one key alone', async () => world.client.createEcKey('alone').then(() => ['alone'])],
  [
    'symmetric keys alone',
    async () => {
      await world.client.createOctKey('first', { keySize: 256 });
      await world.client.createOctKey('second', { keySize: 256 });
      return ['first', 'second'];
    },
  ],
])('the drills of %s are tried, too', async (_, make) => {
  await world.close();
  world = await DrillWorld.start();
  const keys = await make();
  await world.backUp();

  expect(await world.run()).toMatchObject({ planned: keys.length, failed: 0, residue: 0 });

  expect(await mustFail()).toMatchObject({ passed: [] });
  expect(world.inDrillHsm).toEqual([]);
});

test('a wrong recovery point of which the HSM says nothing has not failed: the next run tries again', async () => {
  const real = world.hsm;
  let restores = 0;
  const forbidding = hsmBut(real, {
    restoreKey: async (...args) => {
      restores += 1;
      if (restores > 2)
        throw new WardenError('hsm-forbidden', { message: 'The right to restore is missing.' });
      return real.keys.restoreKey(...args);
    },
  });

  await world.run({}, world.deps(forbidding), { concurrency: 1 });

  expect(await mustFail()).toBeUndefined();
  expect(world.logger.lines.map(({ message }) => message)).toContain(
    'drills could not be tried; the next run tries again',
  );
  await world.run({ runId: 'run-2' }, undefined, { nightly: false });
  expect(await mustFail()).toMatchObject({ passed: [] });
});

async function forgetTrial(): Promise<void> {
  await updateDrillState(world.state, 'drill', ({ mustFail: _, ...state }) => state);
}
