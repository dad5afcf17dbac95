import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { aWorld } from '../../support/console-world.ts';

describe('a scan', () => {
  it('has news when it is the first, and when what needs somebody has changed', async () => {
    const world = await aWorld();
    expect(await world.scanned()).toBe(true);
    expect(await world.scanned()).toBe(false);
    world.hsm.createKey('unprotected');
    expect(await world.scanned()).toBe(true);
    expect(await world.scanned()).toBe(false);
    await world.backUp('unprotected');
    expect(await world.scanned()).toBe(true);
  });

  it('has none when there is one more key that has a backup', async () => {
    const world = await aWorld();
    await world.scanned();
    world.hsm.createKey('more');
    await world.backUp('more');
    expect(await world.scanned()).toBe(false);
  });

  it('has news when its summary could not be stored, or takes the place of one that cannot be read', async () => {
    const world = await aWorld();
    await world.scanned();
    const gone = new WardenError('storage-unavailable', { message: 'gone' });
    world.state.faults.fail('write', gone, { subject: 'summary/contoso' });
    expect(await world.scanned()).toBe(true);
    await world.tamper(() => 'no head\n');
    expect(await world.scanned()).toBe(true);
    expect(await world.scanned()).toBe(false);
  });
});
