import { describe, expect, it } from 'vitest';
import { VerifyWorld } from '../../support/verify-world.ts';

describe('a verification', () => {
  it('has news once its end is stored', async () => {
    const world = new VerifyWorld();
    await world.fill(2);
    await world.verify();
    expect(world.news).toEqual(['0 damaged, ended']);
  });

  it('has news once the damage that it found is stored, before it ends', async () => {
    const world = new VerifyWorld();
    await world.fill(2);
    await world.damage(world.blobOf('key-0'));
    await world.verify();
    expect(world.news).toEqual(['1 damaged, goes on', '1 damaged, ended']);
  });

  it('has none when it had ended before', async () => {
    const world = new VerifyWorld();
    await world.fill(1);
    await world.verify();
    await world.verify();
    expect(world.news).toHaveLength(1);
  });
});
