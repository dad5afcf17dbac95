import { describe, expect, it } from 'vitest';
import { deletedSeeds, hsmNames, LISTED_KEYS, seedWorld } from '../../../src/local/world/seed-keys.ts';

/** How many active keys each HSM of a start has. */
async function keysOfEach(hsms: number, activeKeys: number): Promise<number[]> {
  const materials = new Map();
  const names = hsmNames(hsms);
  const filled = await Promise.all(
    names.map((_name, order) => seedWorld({ order, hsms, activeKeys, materials }, 1_800_000_000)),
  );
  return filled.map((changes, order) => changes.length - deletedSeeds(names[order] ?? '').length);
}

describe('the HSMs of a start', () => {
  it('share the keys, each as many as the others or one more', async () => {
    expect(await keysOfEach(2, LISTED_KEYS)).toEqual([LISTED_KEYS / 2, LISTED_KEYS / 2]);
    expect(await keysOfEach(5, 32)).toEqual([7, 7, 6, 6, 6]);
  });

  it('have names that no two share', () => {
    expect(hsmNames(3)).toEqual(['contoso', 'fabrikam', 'branch-03']);
    expect(new Set(hsmNames(50)).size).toBe(50);
  });
});
