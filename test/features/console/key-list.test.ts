import { describe, expect, it } from 'vitest';
import { aWorld, type ConsoleWorld } from '../../support/console-world.ts';
import { MINUTE_MS } from '../../support/watch-world.ts';

describe('the list of keys', () => {
  async function listedWorld() {
    const world = await aWorld(['b-key', 'A-key', 'c-key']);
    world.hsm.createKey('fresh');
    world.hsm.deleteKey('c-key');
    await world.scanned();
    return world;
  }
  const names = async (world: ConsoleWorld, query: Record<string, string>) =>
    (await world.keys(query)).items.map(({ key }) => key);

  it('is searched, filtered and sorted', async () => {
    const world = await listedWorld();

    expect(await names(world, {})).toEqual(['A-key', 'b-key', 'c-key', 'fresh']);
    const { staleAfter } = (await world.home()).hsm ?? {};
    expect((await world.keys()).asOf).toMatchObject([{ stale: false, staleAfter }]);
    expect(staleAfter).toBeDefined();
    expect(await names(world, { order: 'desc' })).toEqual(['fresh', 'c-key', 'b-key', 'A-key']);
    expect(await names(world, { search: 'KEY', state: 'active' })).toEqual(['A-key', 'b-key']);
    expect(await names(world, { word: 'at-risk' })).toEqual(['fresh']);
    expect(await names(world, { state: 'deleted' })).toEqual(['c-key']);
    expect((await names(world, { sort: 'word' }))[0]).toBe('fresh');
    expect((await names(world, { sort: 'backupAt', order: 'desc' })).at(-1)).toBe('fresh');
    expect((await names(world, { sort: 'purgeAt' }))[0]).toBe('c-key');
  });

  it('comes in pages that hold each key once', async () => {
    const world = await listedWorld();
    const found: string[] = [];
    let next: string | undefined = '0';
    while (next !== undefined) {
      const page: Awaited<ReturnType<ConsoleWorld['keys']>> = await world.keys({ limit: '1', next });
      expect(page.total).toBe(4);
      found.push(...page.items.map(({ key }) => key));
      next = page.next;
    }

    expect(found).toEqual(['A-key', 'b-key', 'c-key', 'fresh']);
  });

  it('is refused whose lines are not those of its head', async () => {
    const world = await listedWorld();
    await world.tamper((text) => text.replace('"word":"at-risk"', '"word":"safe"'));

    expect(await world.keys()).toMatchObject({
      total: 0,
      asOf: [{ stale: true, why: expect.stringContaining('cannot be read') }],
    });
  });

  it('follows the next scan', async () => {
    const world = await listedWorld();
    const { summaries } = world;
    await summaries.whole('contoso');
    await world.backUp('fresh');
    await world.clock.advance(MINUTE_MS);
    await world.scanned();

    expect((await summaries.whole('contoso')).summary?.keys.get('fresh')?.word).toBe('safe');
  });
});
