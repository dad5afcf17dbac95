import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS, settledWorld } from '../../support/watch-world.ts';

const bob = { upn: 'bob@contoso.com', address: '203.0.113.7' };
const carol = { objectId: '3333' };

/** A world in which `orders` was deleted at the time that is returned. */
async function deletedWorld() {
  const world = await settledWorld();
  const at = world.clock.now();
  world.hsm.deleteKey('orders');
  return { world, at };
}

describe('the memory of the watch', () => {
  it('knows who deleted a key', async () => {
    const { world, at } = await deletedWorld();
    await world.scan({ deletes: [{ key: 'orders', at, caller: bob }] });
    expect((await world.memory()).keys.orders).toMatchObject({ deletedBy: bob });
  });

  it('learns it from a record that comes after the scan that saw the deletion', async () => {
    const { world, at } = await deletedWorld();
    await world.scan();
    expect((await world.memory()).keys.orders).not.toHaveProperty('deletedBy');
    await world.scan({ deletes: [{ key: 'orders', at, caller: bob }] });
    await world.scan();
    expect((await world.memory()).keys.orders).toMatchObject({ deletedBy: bob });
  });

  it('does not take the record of another deletion for it', async () => {
    const { world, at } = await deletedWorld();
    await world.scan();
    await world.scan({ deletes: [{ key: 'orders', at: at - DAY_MS, caller: bob }] });
    expect((await world.memory()).keys.orders).not.toHaveProperty('deletedBy');
  });

  it('keeps the last try to use the key, whatever order the records come in', async () => {
    const { world, at } = await deletedWorld();
    const use = (after: number) => ({
      key: 'orders',
      at: at + after,
      caller: carol,
      operation: 'KeySign',
      httpStatus: 404,
    });
    await world.scan({ uses: [use(2 * MINUTE_MS), use(MINUTE_MS)] });
    await world.scan({ uses: [use(30_000)] });
    expect((await world.memory()).keys.orders).toMatchObject({
      lastUse: { at: at + 2 * MINUTE_MS, operation: 'KeySign', caller: carol },
    });
  });

  it('keeps who deleted and who purged a key when it is gone', async () => {
    const { world, at } = await deletedWorld();
    await world.scan({ deletes: [{ key: 'orders', at, caller: bob }] });
    world.hsm.purgeKey('orders');
    await world.scan();
    await world.scan({ purges: [{ key: 'orders', at: world.clock.now(), caller: carol }] });
    expect((await world.memory()).purges.orders).toMatchObject({ deletedBy: bob, purgedBy: carol });
  });
});
