/**
 * A key was purged while a backup could bring it back, and that backup was found damaged since. Somebody who can write the state container
 * wants the loss forgotten: the catalogue has no line of the key any more, and only the memory of the watch says that it was lost.
 */
import { describe, expect, it } from 'vitest';
import { readSummaryHead } from '../../src/features/status/summary-document.ts';
import { DatedWorld } from '../support/dated-world.ts';
import { person } from '../support/recovery-builders.ts';
import { HOUR_MS, MINUTE_MS } from '../support/watch-world.ts';

const WATCH = { kind: 'watch', hsm: 'contoso' } as const;
const SOUND = { at: 1_000, awaitsRecord: false, records: [] };

async function later(world: DatedWorld): Promise<void> {
  await world.clock.advance(MINUTE_MS);
}

/** A world whose purged key `orders` has no backup but damaged ones; what they were. */
async function damagedWorld() {
  const world = DatedWorld.of('alpha', 'orders');
  await world.clock.advance(HOUR_MS);
  await world.sweep();
  await world.scan();
  world.hsm.deleteKey('orders');
  await world.scan();
  world.hsm.purgeKey('orders');
  await later(world);
  await world.scan();
  await world.verify('verify-1');
  expect(await world.status()).toMatchObject({ verdict: 'safe', lost: [] });

  const sound = new Map<string, Uint8Array>();
  for (const { blob } of await world.stored('orders')) {
    sound.set(blob, await world.backups.read(blob));
    world.backups.damage(blob, new Uint8Array(400));
  }
  await later(world);
  await world.verify('verify-2');
  return { world, sound };
}

/** The same world once a scan has noted the loss. */
async function lossyWorld() {
  const { world, sound } = await damagedWorld();
  await later(world);
  await world.scan();
  const status = await world.status();
  expect(status).toMatchObject({ verdict: 'at-risk', lost: [{ key: 'orders', lost: 'key' }] });
  return { world, sound, lost: status.lost };
}

const FORGETTING: readonly {
  readonly name: string;
  readonly change: (world: DatedWorld) => Promise<unknown> | unknown;
}[] = [
  { name: 'deleted', change: ({ state }) => state.documents.delete('watch/contoso') },
  { name: 'without its purges', change: (world) => world.forge(WATCH, (now) => ({ ...now, purges: {} })) },
  {
    name: 'with a purge of a key that was to have no backup',
    change: (world) =>
      world.forge(WATCH, (now) => ({ ...now, purges: { orders: { ...SOUND, excluded: true } } })),
  },
  {
    name: 'with a loss of long ago that people have acknowledged',
    change: async (world) => {
      await world.forge(WATCH, (now) => ({ ...now, purges: { orders: { ...SOUND, lost: 'key' } } }));
      const findings = world.findings();
      for (const { id } of await findings.list()) await findings.acknowledge(id, person('bob'), 'a test key');
    },
  },
  {
    name: 'with a living key that another service manages in its place',
    change: (world) =>
      world.forge(WATCH, (now) => ({
        ...now,
        keys: { orders: { state: 'active', createdAt: 1_000, managed: true } },
        purges: {},
      })),
  },
];

describe('a purged key whose backup was found damaged', () => {
  it.each(FORGETTING)('is not safe when the memory of the watch is $name', async ({ change }) => {
    const { world } = await lossyWorld();
    await change(world);
    world.restart();

    const { verdict, risks, lost } = await world.status();
    expect(verdict).toBe('at-risk');
    expect([...risks, ...lost].map(({ key }) => key)).toEqual(['orders']);
  });

  it.each(FORGETTING)('is the same loss again in a memory that is $name', async ({ change }) => {
    const { world, lost } = await lossyWorld();
    await change(world);
    await later(world);
    await world.scan();
    await later(world);
    await world.summarize();

    expect(await world.status()).toMatchObject({ verdict: 'at-risk', risks: [], lost });
    expect((await readSummaryHead(world.believed, 'contoso'))?.head.lost).toMatchObject([{ key: 'orders' }]);
  });

  it('stays acknowledged when the memory is deleted after people took note of it', async () => {
    const { world, lost } = await lossyWorld();
    await world.findings().acknowledge(lost[0]?.finding ?? '', person('bob'), 'a test key');
    expect(await world.status()).toMatchObject({ verdict: 'safe', lost: [] });
    world.state.documents.delete('watch/contoso');
    await later(world);
    await world.scan();

    expect(await world.status()).toMatchObject({ verdict: 'safe', acknowledged: [{ key: 'orders' }] });
  });

  it('is at risk also when the memory is deleted before any scan has noted the loss', async () => {
    const { world } = await damagedWorld();
    world.state.documents.delete('watch/contoso');
    world.restart();

    expect(await world.status()).toMatchObject({
      verdict: 'at-risk',
      risks: [{ key: 'orders', risk: 'backup-damaged' }],
    });
  });

  it('is not called lost by the notes once a verification has read its backups well again', async () => {
    const { world, sound } = await lossyWorld();
    for (const [blob, bytes] of sound) world.backups.damage(blob, bytes);
    await later(world);
    await world.verify('verify-3');
    world.state.documents.delete('watch/contoso');
    await later(world);
    await world.scan();

    expect(await world.status()).toMatchObject({ risks: [], lost: [] });
  });

  it('is no loss when a key of its name is there, and the memory is deleted', async () => {
    const { world } = await lossyWorld();
    world.hsm.createKey('orders');
    world.state.documents.delete('watch/contoso');
    await later(world);
    const { state } = await world.scan();

    expect(state.purges).toEqual({});
  });
});
