import { afterEach, beforeEach, expect, test } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { readDrillState } from '../../../src/features/drill/model/drill-state.ts';
import { hsmBut, plantOther } from '../../support/drill-faults.ts';
import { DrillWorld } from '../../support/drill-world.ts';

let world: DrillWorld;

beforeEach(async () => {
  world = await DrillWorld.withTwoKeys();
});
afterEach(() => world.close());

test('killed between the restore of another key on purpose and its removal, the next run removes it', async () => {
  const real = world.hsm;
  let restores = 0;
  const refuseWhenDead = () => {
    if (restores >= 4) throw new Error('killed');
  };
  const dying = hsmBut(
    real,
    {
      restoreKey: async (...args) => {
        restores += 1;
        const restored = await real.keys.restoreKey(...args);
        // Two proofs and a damaged backup come before that of another key.
        refuseWhenDead();
        return restored;
      },
    },
    {
      deleteKey: async (...args) => {
        refuseWhenDead();
        return real.deleteKey(...args);
      },
    },
  );
  await expect(world.run({}, world.deps(dying), { concurrency: 1 })).rejects.toThrow('killed');
  expect(world.inDrillHsm).toHaveLength(1);

  const next = await world.run({ runId: 'run-2' });

  expect(next.refused).toBeUndefined();
  expect(next).toMatchObject({ proven: 2, residue: 0 });
  expect(world.inDrillHsm).toEqual([]);
});

test('a restore whose answer was lost and that brought another key is found under its name, and removed', async () => {
  await plantOther(world, 'orders', 'other');
  const real = world.hsm;
  let lost = false;
  const deaf = hsmBut(real, {
    restoreKey: async (...args) => {
      const restored = await real.keys.restoreKey(...args);
      if (lost) return restored;
      lost = true;
      throw new WardenError('hsm-unreachable', { message: 'The answer was lost.' });
    },
  });
  const what = { kind: 'key' as const, hsm: 'contoso', key: 'orders' };

  const run = await world.run({ what }, world.deps(deaf), { nightly: false });

  expect(run).toMatchObject({ failed: 1, residue: 0 });
  expect((await world.result('orders'))?.reasons.join(' ')).toContain('The backup holds another key: other');
  expect(world.inDrillHsm).toEqual([]);
  expect((await readDrillState(world.state, 'drill')).journal).toEqual([]);
});
