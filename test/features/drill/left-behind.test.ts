import { afterEach, beforeEach, expect, test } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { readDrillState } from '../../../src/features/drill/model/drill-state.ts';
import { hsmBut, plantOther } from '../../support/drill-faults.ts';
import { DrillWorld } from '../../support/drill-world.ts';

let world: DrillWorld;

beforeEach(async () => {
  world = await DrillWorld.start();
  await world.client.createEcKey('orders');
  await world.backUp();
});
afterEach(() => world.close());

const refuse = async () => {
  throw new WardenError('hsm-forbidden', { message: 'The right to delete is missing.' });
};
const journal = async () => (await readDrillState(world.state, 'drill')).journal;
const refusals = () =>
  world.sink.accepted.flatMap(({ type, data }) => (type === 'HsmWarden.DrillRefused' ? [data] : []));

/** Dies while the restored key of `orders` is in use. */
async function die(): Promise<void> {
  const dying = hsmBut(
    world.hsm,
    {},
    {
      sign: async () => {
        throw new Error('killed');
      },
    },
  );
  await expect(world.run({}, world.deps(dying))).rejects.toThrow('killed');
  expect(world.inDrillHsm).toEqual(['orders']);
}

test('killed right after a planted backup brought another key, the next run knows that key as its own and removes it', async () => {
  await world.client.createEcKey('other');
  await world.backUp();
  await plantOther(world, 'orders', 'other');
  const real = world.hsm;
  const dying = hsmBut(real, {
    restoreKey: async (...args) => {
      await real.keys.restoreKey(...args);
      throw new Error('killed');
    },
  });
  const what = { kind: 'key' as const, hsm: 'contoso', key: 'orders' };
  await expect(world.run({ what }, world.deps(dying))).rejects.toThrow('killed');
  expect(world.inDrillHsm).toEqual(['other']);

  const next = await world.run({ runId: 'run-2' });

  expect(next.refused).toBeUndefined();
  expect(next).toMatchObject({ proven: 1, failed: 1, residue: 0 });
  expect(world.inDrillHsm).toEqual([]);
});

test('a key that somebody else made is not removed, also after a run that was killed', async () => {
  await die();
  await world.hsm.deleteKey('orders');
  await world.hsm.purgeKey('orders');
  await world.drillClient.createEcKey('orders-of-others');

  expect((await world.run({ runId: 'run-2' })).refused?.join(' ')).toContain('orders-of-others');
  expect(world.inDrillHsm).toEqual(['orders-of-others']);
});

test('a copy that cannot be removed stays in the journal when its run comes again, and blocks its key alone', async () => {
  await world.client.createEcKey('other');
  await world.backUp();
  const real = world.hsm;
  const dying = hsmBut(real, {}, { deleteKey: refuse });
  let restores = 0;
  const first = hsmBut(
    dying,
    {
      restoreKey: async (...args) => {
        restores += 1;
        return dying.keys.restoreKey(...args);
      },
    },
    {
      deleteKey: refuse,
      sign: async () => {
        throw new Error('killed');
      },
    },
  );
  await expect(world.run({}, world.deps(first), { concurrency: 1 })).rejects.toThrow('killed');
  expect(restores).toBe(1);
  const [stuck = ''] = world.inDrillHsm;

  const again = await world.run({}, world.deps(dying), { concurrency: 1, nightly: false });

  expect(again.refused).toBeUndefined();
  expect(await world.result(stuck)).toMatchObject({ verdict: 'blocked' });
  expect((await journal()).map(({ key }) => key)).toContain(stuck);
  const healthy = await world.run({ runId: 'run-2' });
  expect(healthy.refused).toBeUndefined();
  expect(healthy).toMatchObject({ proven: 2, blocked: 0, residue: 0 });
  expect(await journal()).toEqual([]);
});

test('a run that is refused says how many copies lie in the HSM', async () => {
  await die();
  world.changes = { readProperties: async () => ({ kind: 'unreadable', why: 'no right' }) };

  expect(await world.run({ runId: 'run-2' })).toMatchObject({ residue: 1 });

  expect(refusals()).toMatchObject([{ residue: 1 }]);
  expect((await readDrillState(world.state, 'drill')).residueSince).toBeTypeOf('number');
});

test('an HSM that cannot be listed is reported, with the copies that may be in it', async () => {
  await die();
  const mute = hsmBut(world.hsm, {
    listKeys: async () => {
      throw new WardenError('hsm-unreachable', { message: 'The HSM does not answer.' });
    },
  });

  const run = await world.run({ runId: 'run-2' }, world.deps(mute));

  expect(run.refused?.join(' ')).toContain('cannot be listed: The HSM does not answer.');
  expect(refusals()).toMatchObject([{ severity: 'high', residue: 1 }]);
  expect(await journal()).toHaveLength(1);
});

test('a copy whose purge came too early for the HSM is known to the next run after a process has died', async () => {
  const real = world.hsm;
  let lists = 0;
  const dying = hsmBut(
    real,
    {
      listKeys: async (...args) => {
        lists += 1;
        if (lists > 2) throw new Error('killed');
        return real.keys.listKeys(...args);
      },
    },
    // As of a key that is not among the deleted ones yet.
    { purgeKey: async () => undefined },
  );
  await expect(world.run({}, world.deps(dying))).rejects.toThrow('killed');
  expect(world.inDrillHsm).toEqual(['orders']);

  const next = await world.run({ runId: 'run-2' });

  expect(next.refused).toBeUndefined();
  expect(next).toMatchObject({ proven: 1, residue: 0 });
  expect(world.inDrillHsm).toEqual([]);
});
