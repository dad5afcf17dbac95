/**
 * Somebody who can write the state container has the loss of a living key noted, dated far in the future, and people acknowledge it. When
 * the key is lost in truth that is another finding, which nobody has acknowledged.
 */
import { describe, expect, it } from 'vitest';
import { DatedWorld } from '../support/dated-world.ts';
import { person } from '../support/recovery-builders.ts';
import { HOUR_MS, MINUTE_MS } from '../support/watch-world.ts';

const WATCH = { kind: 'watch', hsm: 'contoso' } as const;
const LOST_AHEAD = { at: Date.UTC(2100, 0, 1), awaitsRecord: false, records: [], lost: 'key' };

/** A world with a key `orders` that no backup holds. */
async function livingWorld(): Promise<DatedWorld> {
  const world = DatedWorld.of('alpha');
  await world.clock.advance(HOUR_MS);
  await world.sweep();
  await world.verify('verify-1');
  world.hsm.createKey('orders');
  await world.scan();
  return world;
}

async function lostAhead(world: DatedWorld): Promise<void> {
  await world.forge(WATCH, (now) => ({ ...now, purges: { orders: LOST_AHEAD } }));
  await world.clock.advance(MINUTE_MS);
}

/** People take note of every loss that they are shown. */
async function acknowledgeAll(world: DatedWorld): Promise<void> {
  const findings = world.findings();
  for (const { id } of await findings.list())
    await findings.acknowledge(id, person('bob'), 'the key is there');
}

/** The key is deleted and purged, each seen by a scan. */
async function loseTruly(world: DatedWorld): Promise<void> {
  world.hsm.deleteKey('orders');
  await world.scan();
  await world.clock.advance(MINUTE_MS);
  world.hsm.purgeKey('orders');
  await world.scan();
  await world.clock.advance(MINUTE_MS);
}

describe('a key whose loss in the future was noted and acknowledged', () => {
  it('is lost, and nobody has acknowledged it, once it is purged in truth', async () => {
    const world = await livingWorld();
    await lostAhead(world);
    await acknowledgeAll(world);
    await world.scan();
    await acknowledgeAll(world);
    expect((await world.status()).lost).toEqual([]);
    await loseTruly(world);

    expect(await world.status()).toMatchObject({
      verdict: 'at-risk',
      lost: [{ key: 'orders', noticedAt: expect.any(Number) }],
    });
  });

  it('is lost also when that loss is put into the memory once more, after the true one', async () => {
    const world = await livingWorld();
    await lostAhead(world);
    await acknowledgeAll(world);
    await world.scan();
    await acknowledgeAll(world);
    await loseTruly(world);
    const { lost } = await world.status();
    expect(lost).toMatchObject([{ key: 'orders' }]);
    await lostAhead(world);
    expect((await world.status()).lost).toEqual(lost);
    await world.scan();

    expect((await world.status()).lost).toEqual(lost);
  });
});
