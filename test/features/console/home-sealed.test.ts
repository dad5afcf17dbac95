import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { aWorld } from '../../support/console-world.ts';
import { MemorySealer } from '../../support/memory/memory-sealer.ts';
import { DAY_MS } from '../../support/watch-world.ts';

describe('a sealed summary', () => {
  async function sealedWorld() {
    const world = await aWorld([]);
    world.sealer = new MemorySealer(world.clock);
    await world.scanned();
    return world;
  }

  it('is believed', async () => {
    expect(await (await sealedWorld()).home()).toMatchObject({
      verdict: 'safe',
      sealed: true,
      sentence: 'Every key is safe.',
    });
  });

  it.each([
    [
      'the time of the scan is moved on',
      (text: string) => text.replace(/"judgedAt":\d+/, '"judgedAt":1795532400001'),
    ],
    [
      'it is to hold for longer',
      (text: string) => text.replace(/"staleAfter":\d+/, '"staleAfter":9999999999999'),
    ],
    ['its seal is taken away', (text: string) => text.replace(/,"seal":\{[^}]*\}/, '')],
  ])('says nothing when %s', async (_, change) => {
    const world = await sealedWorld();
    await world.tamper(change);

    expect(await world.home()).toMatchObject({
      verdict: 'unknown',
      hsm: { why: expect.stringMatching(/seal/) },
    });
  });

  it('does not rest on seals where one summary has no good one, and says why beside what is wrong', async () => {
    const world = await sealedWorld();
    world.hsm.createKey('unprotected');
    await world.scanned();
    expect(await world.home()).toMatchObject({ sealed: true, verdict: 'at-risk', hsm: { sealed: true } });
    await world.tamper((text) => text.replace(/,"seal":\{[^}]*\}/, ''));
    await world.clock.advance(DAY_MS);

    const home = await world.home();
    expect(home).toMatchObject({ sealed: false, verdict: 'at-risk', hsm: { sealed: false } });
    expect(home.hsm?.why).toContain('is not sealed');
    expect(home.hsm?.why).toContain('the next is late');
  });

  it('rests on seals where a sealed summary is only old', async () => {
    const world = await sealedWorld();
    await world.clock.advance(DAY_MS);
    expect(await world.home()).toMatchObject({ sealed: true, verdict: 'unknown' });
  });

  it('says nothing when the sealing key was out of reach', async () => {
    const world = await aWorld([]);
    world.sealer = new MemorySealer(world.clock);
    world.sealer.faults.fail('seal', new WardenError('seal-unavailable', { message: 'gone' }));
    await world.scanned();

    expect((await world.home()).verdict).toBe('unknown');
    expect(world.logger.lines.map(({ message }) => message)).toContain(
      'the summary of a scan could not be sealed',
    );
  });
});
