import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS, settledWorld } from '../../support/watch-world.ts';

describe('a refused use of a deleted key', () => {
  const caller = { appId: 'app-1' };
  const use = (key: string, at: number, operation = 'KeyDecrypt') => ({
    key,
    at,
    operation,
    httpStatus: 404,
    caller,
  });

  it('is reported with caller and time, once an hour for the same caller and operation', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.scan();
    const at = world.clock.now();
    await world.scan({ uses: [use('orders', at), use('orders', at + 5)] });
    await world.scan({ uses: [use('orders', at)] });
    await world.scan({ uses: [use('orders', at + HOUR_MS)] });

    expect(world.events('HsmWarden.KeyUsedWhileDeleted').map(({ data }) => data.usedAt)).toEqual([
      '2026-11-24T12:01:00.000Z',
      '2026-11-24T13:01:00.000Z',
    ]);
    expect(world.events('HsmWarden.KeyUsedWhileDeleted')[0]?.data).toMatchObject({
      caller,
      operation: 'KeyDecrypt',
      severity: 'high',
    });
  });

  it('is no news when the key was used before it was deleted, or is active', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.scan({
      uses: [use('orders', world.clock.now() - MINUTE_MS), use('other', world.clock.now())],
    });

    expect(world.reports).toEqual(['KeyDeleted orders']);
  });
});
