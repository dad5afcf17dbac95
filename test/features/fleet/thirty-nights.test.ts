/** Thirty nights of a fleet in which HSMs come, go, hang and lose roles, and searches answer half: nothing is dropped in silence. */
import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../../src/core/time.ts';
import { SUBSCRIPTION, someHsms } from '../../contract/hsm-directory.ts';
import { FleetWorld } from '../../support/fleet-world.ts';

const NIGHTS = 30;
const SEARCHES = 96;
/** Searches of a night that are looked into; a state holds between them. */
const EACH = 8;

/** mulberry32: the same numbers for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('thirty nights', () => {
  it.each([1, 2, 3])('drop no HSM in silence, and find each that comes (seed %i)', async (seed) => {
    const random = numbers(seed);
    const world = new FleetWorld();
    const all = someHsms(20);
    const there = new Set(all.slice(0, 12).map(({ name }) => name));
    const everThere = new Set(there);
    /** When it went, by the name of what is gone. */
    const gone = new Set<string>();
    world.directory.subscriptions = [SUBSCRIPTION];
    world.named = all.slice(0, 6).map(({ name, url = '', resource }) => ({ name, url, resource }));
    let whole = 0;
    let failed = 0;

    for (let night = 0; night < NIGHTS; night += 1) {
      const change = all[Math.floor(random() * all.length)]?.name ?? '';
      if (there.delete(change)) gone.add(change);
      else {
        there.add(change);
        everThere.add(change);
        gone.delete(change);
      }
      for (let search = 0; search < SEARCHES; search += EACH) {
        const { name } = all[Math.floor(random() * all.length)] ?? { name: '' };
        const roles = ['works', 'missing', 'unknown'] as const;
        const role = roles[Math.floor(random() * roles.length)] ?? 'works';
        world.roles.set(name, role === 'works' ? { role } : { role, why: role });
        world.directory.hsms = all.filter((hsm) => there.has(hsm.name));
        world.directory.half = random() < 0.3;
        world.directory.subscriptions =
          random() < 0.1 ? ['44444444-4444-4444-8444-444444444444'] : [SUBSCRIPTION];
        const before = await world.states();
        const outcome = await world.discover();
        const after = await world.states();
        if (outcome === 'failed') {
          failed += 1;
          expect(after).toEqual(before);
        } else {
          whole += 1;
          for (const one of there) expect(after[one], one).not.toBe('vanished');
          for (const one of Object.keys(before)) expect(Object.keys(after)).toContain(one);
          for (const one of gone) if (before[one] !== undefined) expect(after[one], one).toBe('vanished');
        }
        await world.clock.advance(EACH * 15 * MINUTE_MS);
      }
    }

    expect([whole > 100, failed > 50]).toEqual([true, true]);
    const states = await world.states();
    for (const one of gone) if (everThere.has(one)) expect(world.reported).toContain(`HsmVanished ${one}`);
    for (const one of there) {
      const isNamed = world.named.some(({ name }) => name === one);
      if (isNamed) expect(states[one]).toBe('protected');
      else expect(world.reported).toContain(`HsmFound ${one}`);
    }
    expect(world.clock.now()).toBeGreaterThanOrEqual(Date.UTC(2026, 10, 24, 2) + NIGHTS * DAY_MS);
  });
});
