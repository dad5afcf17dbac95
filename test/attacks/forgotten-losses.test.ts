/**
 * Somebody who can write the state container and nothing else wants a lost key forgotten; somebody who can write the container of the
 * backups wants one invented. A loss that a scan has noted counts by its seal, until a person acknowledges it.
 */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../src/core/errors.ts';
import { readSummaryHead } from '../../src/features/status/summary-document.ts';
import { DatedWorld } from '../support/dated-world.ts';
import { failureOf } from '../support/errors.ts';
import { MemorySealer } from '../support/memory/memory-sealer.ts';
import { person } from '../support/recovery-builders.ts';
import { HOUR_MS, MINUTE_MS } from '../support/watch-world.ts';

const RESOURCE = 'https://contoso.managedhsm.azure.net';
const WATCH = { kind: 'watch', hsm: 'contoso' } as const;
const LACKED = 'the memory of the watch lacked lost keys, which are back in it: it was changed or deleted';

/** Time passes, so that what was read before is read again. */
async function later(world: DatedWorld): Promise<void> {
  await world.clock.advance(MINUTE_MS);
}

/** A world of two keys that are safe. */
async function safeWorld(): Promise<DatedWorld> {
  const world = DatedWorld.of('alpha', 'beta');
  await world.clock.advance(HOUR_MS);
  await world.sweep();
  await world.verify('verify-1');
  await world.scan();
  return world;
}

/** That world before a third key is lost: `watched` is the memory of then. */
async function deletedWorld(): Promise<{ readonly world: DatedWorld; readonly watched: object }> {
  const world = await safeWorld();
  world.hsm.createKey('orders');
  world.hsm.deleteKey('orders');
  await world.scan();
  return { world, watched: JSON.parse((await world.state.read(WATCH))?.text ?? '') };
}

/** The world after the loss of `orders` was noted. */
async function lossyWorld() {
  const { world, watched } = await deletedWorld();
  world.hsm.purgeKey('orders');
  await later(world);
  const { state } = await world.scan();
  return { world, watched, state };
}

const FORGETTING: readonly {
  readonly name: string;
  readonly change: (world: DatedWorld, watched: object) => Promise<unknown> | unknown;
}[] = [
  { name: 'deleted', change: ({ state }) => state.documents.delete('watch/contoso') },
  { name: 'rolled back', change: (world, watched) => world.forge(WATCH, () => watched) },
  { name: 'without its purges', change: (world) => world.forge(WATCH, (now) => ({ ...now, purges: {} })) },
  { name: 'with a purge that lost nothing', change: (world) => changePurge(world, { lost: undefined }) },
  {
    name: 'with a later purge that lost nothing',
    change: (world) => changePurge(world, { lost: undefined, at: world.clock.now() + HOUR_MS }),
  },
];

async function changePurge(world: DatedWorld, change: object): Promise<void> {
  await world.forge(WATCH, (now) => {
    const { purges } = Object(now);
    return { ...now, purges: { orders: { ...purges.orders, ...change } } };
  });
}

describe('a lost key', () => {
  it.each(FORGETTING)('stays lost when the memory of the watch is $name', async ({ change }) => {
    const { world, watched } = await lossyWorld();
    const before = await world.status();
    expect(before).toMatchObject({
      verdict: 'at-risk',
      sealed: true,
      lost: [{ key: 'orders', lost: 'key' }],
    });

    await change(world, watched);
    world.restart();
    expect((await world.status()).lost).toEqual(before.lost);
    expect(await world.findings().list()).toMatchObject([{ key: 'orders', id: before.lost[0]?.finding }]);
  });

  it.each(FORGETTING)('comes back into a memory that is $name, and this is logged', async ({ change }) => {
    const { world, watched, state } = await lossyWorld();
    await change(world, watched);
    await later(world);
    const scanned = await world.scan();

    expect(scanned.state.purges.orders).toMatchObject({ lost: 'key', at: state.purges.orders?.at });
    expect(world.logger.lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: LACKED,
        fields: expect.objectContaining({ keys: 1 }),
      }),
    );
  });

  it('is lost whole, though the memory says that it is its newest version only, and later', async () => {
    const { world } = await lossyWorld();
    await changePurge(world, { lost: 'newest-version', at: world.clock.now() });

    expect((await world.status()).lost).toMatchObject([{ key: 'orders', lost: 'key' }]);
  });

  it('that the memory has forgotten is acknowledged by people, and then no key is said to be lost', async () => {
    const { world, watched } = await lossyWorld();
    await world.forge(WATCH, () => watched);
    const [finding] = (await world.status()).lost;
    await world.findings().acknowledge(finding?.finding ?? '', person('bob'), 'a test key');

    expect(await world.status()).toMatchObject({
      verdict: 'safe',
      lost: [],
      acknowledged: [{ key: 'orders', acknowledged: { reason: 'a test key' } }],
    });
    await later(world);
    await world.scan();
    expect(await world.status()).toMatchObject({ verdict: 'safe', acknowledged: [{ key: 'orders' }] });
  });

  it('is noted once, however often it is scanned, and by whichever process', async () => {
    const { world } = await lossyWorld();
    await later(world);
    await world.scan();
    world.restart();
    await world.scan();

    expect(await world.once.list('findings/')).toEqual([
      expect.stringMatching(/^findings\/contoso\/loss-[0-9a-f]{32}\.json$/),
    ]);
  });

  it('is noted by the scan that finds the sealing key again', async () => {
    const { world, watched } = await deletedWorld();
    world.hsm.purgeKey('orders');
    world.sealer.faults.fail('seal', new WardenError('seal-unavailable', { message: 'gone' }), { times: 99 });
    await world.scan();
    expect(await world.once.list('findings/')).toEqual([]);
    expect(world.logger.lines.map(({ message }) => message)).toContain('findings are not noted for good yet');

    world.sealer.faults.clear();
    await later(world);
    await world.scan();
    await world.forge(WATCH, () => watched);
    await later(world);
    expect((await world.status()).lost).toMatchObject([{ key: 'orders' }]);
  });

  it('is in the sealed summary of a scan over a memory that has forgotten it', async () => {
    const { world, watched } = await lossyWorld();
    await world.forge(WATCH, () => watched);
    await later(world);
    await world.summarize();

    expect((await readSummaryHead(world.believed, 'contoso'))?.head.lost).toMatchObject([{ key: 'orders' }]);
  });
});

describe('what was found before', () => {
  it('is not known, and no key called safe, while the notes cannot be read', async () => {
    const { world, watched } = await lossyWorld();
    await world.forge(WATCH, () => watched);
    await later(world);
    world.once.faults.fail('list', new WardenError('storage-unavailable', { message: 'down' }), {
      times: 99,
    });

    expect(await world.judged()).toMatchObject({
      verdict: 'unknown',
      trouble: { code: 'storage-unavailable' },
    });
    expect((await failureOf(world.findings().list())).code).toBe('storage-unavailable');
    await world.summarize();
    expect(await readSummaryHead(world.believed, 'contoso')).toBeUndefined();
    expect(world.logger.lines.map(({ message }) => message)).toContain(
      'what was found before could not be read: losses may be missing',
    );
  });

  it('is in no summary of a scan that could not read the notes, though they can be read a moment later', async () => {
    const { world, watched } = await lossyWorld();
    await world.forge(WATCH, () => ({ ...watched, keys: {} }));
    await later(world);
    world.once.faults.fail('list', new WardenError('storage-unavailable', { message: 'down' }));
    await world.summarize();

    expect(await readSummaryHead(world.believed, 'contoso')).toBeUndefined();
  });

  it('is not known where more notes are planted than anybody finds', async () => {
    const { world } = await lossyWorld();
    for (let n = 0; n <= 10_000; n += 1) world.once.texts.set(`findings/contoso/loss-${n}.json`, '');
    world.restart();

    expect(await world.judged()).toMatchObject({ verdict: 'unknown', trouble: { code: 'state-corrupt' } });
  });
});

describe('a note that is planted', () => {
  const LOSS = { kind: 'loss', key: 'alpha', lost: 'key', noticedAt: 1_000 } as const;
  const SEALED = { format: 1, ...LOSS };
  type Plant = (world: DatedWorld) => Promise<object | string>;

  it.each<{ readonly name: string; readonly plant: Plant }>([
    { name: 'without a seal', plant: async () => ({ format: 1, hsm: 'contoso', ...LOSS }) },
    { name: 'that is no JSON', plant: async () => 'junk' },
    {
      name: 'with the seal of a note of another HSM',
      plant: async ({ sealer }) => ({
        ...{ format: 1, hsm: 'contoso', ...LOSS },
        seal: await sealer.seal('finding', { hsm: 'https://other.managedhsm.azure.net', facts: SEALED }),
      }),
    },
    {
      name: 'of another HSM, whose seal is good there',
      plant: async ({ sealer }) => ({
        ...{ format: 1, hsm: 'other', ...LOSS },
        seal: await sealer.seal('finding', { hsm: 'https://other.managedhsm.azure.net', facts: SEALED }),
      }),
    },
    {
      name: 'of another deployment',
      plant: async ({ clock, sealer }) => {
        const other = new MemorySealer(clock, 'backup', 'another');
        sealer.usePins({ ...sealer.pinned, keys: [sealer.pin, other.pin] });
        const seal = await other.seal('finding', { hsm: RESOURCE, facts: SEALED });
        return { format: 1, hsm: 'contoso', ...LOSS, seal };
      },
    },
    {
      name: 'with a seal for another purpose',
      plant: async ({ sealer }) => ({
        ...{ format: 1, hsm: 'contoso', ...LOSS },
        seal: await sealer.seal('run', { hsm: RESOURCE, facts: SEALED }),
      }),
    },
    {
      name: 'with the seal of another note',
      plant: async ({ sealer }) => ({
        ...{ format: 1, hsm: 'contoso', ...LOSS },
        seal: await sealer.seal('finding', { hsm: RESOURCE, facts: { ...SEALED, key: 'beta' } }),
      }),
    },
  ])('$name is ignored, and people are warned', async ({ plant }) => {
    const world = await safeWorld();
    expect(await world.status()).toMatchObject({ verdict: 'safe', lost: [] });

    const planted = await plant(world);
    const text = typeof planted === 'string' ? planted : JSON.stringify(planted);
    world.once.texts.set('findings/contoso/loss-00.json', text);
    world.restart();
    await world.scan();
    const status = await world.status();
    expect(status).toMatchObject({ verdict: 'safe', lost: [] });
    expect(status.warnings.join()).toContain('1 note(s) of findings in the store have no good seal');
    expect(world.logger.lines.map(({ message }) => message)).toContain(
      'notes of findings without a good seal are ignored',
    );
  });

  it('as a copy of a real one says nothing that was not said, also after people acknowledged it', async () => {
    const { world } = await lossyWorld();
    const [name = ''] = await world.once.list('findings/');
    const [finding] = (await world.status()).lost;
    await world.findings().acknowledge(finding?.finding ?? '', person('bob'), 'a test key');
    world.once.texts.set('findings/contoso/loss-again.json', (await world.once.read(name)) ?? '');
    world.restart();

    expect(await world.status()).toMatchObject({ lost: [], acknowledged: [{ finding: finding?.finding }] });
  });
});
