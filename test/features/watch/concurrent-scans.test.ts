import { describe, expect, it } from 'vitest';
import { settledWorld } from '../../support/watch-world.ts';

describe('two scans at the same time', () => {
  it('report everything once: the slower one begins again', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    world.hsm.faults.plant({ operation: 'listDeletedKeys', act: async () => void (await world.scan()) });
    await world.scan();
    await world.scan();

    expect(world.reports).toEqual(['KeyDeleted orders']);
    expect(world.topic.accepted.filter(({ type }) => type === 'HsmWarden.KeyDeleted')).toHaveLength(1);
  });
});
