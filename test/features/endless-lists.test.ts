/** Whoever reads a list to its end notices a list that has none. */
import { describe, expect, it } from 'vitest';
import { hasRequests } from '../../src/core/documents/has-requests.ts';
import type { KeyService } from '../../src/core/ports.ts';
import { DEFAULT_RETRY } from '../../src/core/retry.ts';
import { listRunIds } from '../../src/features/backup/run-record.ts';
import { findKeys } from '../../src/features/drill/cleanup.ts';
import { Inventory } from '../../src/features/recovery/planning/inventory.ts';
import { forEachListed } from '../../src/features/recovery/request/each-recovery.ts';
import { observe } from '../../src/features/watch/observe/observe.ts';
import { CIRCLES, EndlessList } from '../support/endless-list.ts';
import { failureOf } from '../support/errors.ts';
import { MemoryKeyService } from '../support/memory/memory-key-service.ts';
import { overriding, SweepWorld } from '../support/sweep-world.ts';

const signal = new AbortController().signal;

type KeyReader = (world: SweepWorld, keys: KeyService) => Promise<unknown>;

const inventory = ({ backups, clock }: SweepWorld, keys: KeyService) =>
  new Inventory({ keysOf: () => keys, backups, clock });

const removal = ({ clock, pacer }: SweepWorld, keys: KeyService) => ({
  hsm: {
    name: keys.hsm,
    keys,
    sign: async () => '',
    open: async () => '',
    deleteKey: async () => undefined,
    purgeKey: async () => undefined,
  },
  deletes: pacer,
  purges: pacer,
  clock,
  retry: DEFAULT_RETRY,
});

describe.each(CIRCLES)('a list of the HSM whose page leads back to %s', (_what, circle) => {
  it.each<[string, KeyReader]>([
    ['a scan', (world, keys) => observe({ ...world.deps, keys, retry: DEFAULT_RETRY }, signal)],
    ['a sweep', (world, keys) => world.sweep({}, world.message, { ...world.deps, keys })],
    ['the removal of what drills made', (world, keys) => findKeys(removal(world, keys), signal)],
    ['whoever asks for a recovery', (world, keys) => inventory(world, keys).keys('contoso', 10)],
  ])('is a fault that passes for %s', async (_who, read) => {
    const world = new SweepWorld();
    const list = circle();
    const keys = overriding<KeyService>(new MemoryKeyService(world.hsm), { listKeys: () => list.page() });

    expect(await failureOf(read(world, keys))).toMatchObject({
      code: 'hsm-answer-unexpected',
      transient: true,
      hsm: 'contoso',
    });
  });

  it.each<[string, KeyReader]>([
    ['a scan', (world, keys) => observe({ ...world.deps, keys, retry: DEFAULT_RETRY }, signal)],
    ['the removal of what drills made', (world, keys) => findKeys(removal(world, keys), signal)],
    ['whoever asks for a recovery', (world, keys) => inventory(world, keys).deletedKeys('contoso', 10)],
  ])('is a fault that passes for %s among the deleted keys too', async (_who, read) => {
    const world = new SweepWorld();
    const list = circle();
    const keys = overriding<KeyService>(new MemoryKeyService(world.hsm), {
      listDeletedKeys: () => list.page(),
    });

    expect((await failureOf(read(world, keys))).code).toBe('hsm-answer-unexpected');
  });
});

describe.each(CIRCLES)('a list of the storage account whose page leads back to %s', (_what, circle) => {
  it.each<[string, (state: SweepWorld['state']) => Promise<unknown>]>([
    ['looks for runs', (state) => listRunIds(state, 'contoso')],
    ['looks for requests', (state) => hasRequests(state)],
    ['goes through the requests', (state) => forEachListed(state, async () => undefined)],
  ])('is a fault that passes for whoever %s', async (_who, read) => {
    const list = circle();
    const state = overriding(new SweepWorld().state, {
      list: () => list.page(),
      listRuns: () => list.page(),
    });

    expect(await failureOf(read(state))).toMatchObject({ code: 'storage-unavailable', transient: true });
  });
});

it('a run over pages that lead in a circle keeps what the pages held', async () => {
  const world = await SweepWorld.withKeys(3);
  const { keys } = world.deps;
  const list = new EndlessList('one');
  const circling = overriding(keys, {
    listKeys: async () => ({ ...(await keys.listKeys()), next: list.nextToken() }),
  });

  const sweep = world.sweep({}, world.message, { ...world.deps, keys: circling });

  await expect(sweep).rejects.toMatchObject({ code: 'hsm-answer-unexpected' });
  expect(world.backupsPerKey().size).toBe(3);
});
