import { describe, expect, it } from 'vitest';
import { rebuild } from '../../../src/features/backup/rebuild.ts';
import { backUpSingleKey } from '../../../src/features/backup/single-key.ts';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { SweepWorld } from '../../support/sweep-world.ts';

describe('rebuilding from the backups alone', () => {
  it('gives back the very catalogue that was lost', async () => {
    const world = await SweepWorld.withKeys(30);
    await world.sweep();
    await world.clock.advance(3_600_000);
    world.hsm.createKey('key-007');
    await world.clock.advance(3_600_000);
    await world.sweep({}, world.nextNight());
    const before = await readCatalogue(world.state, 'contoso');
    world.state.documents.clear();

    const result = await rebuild(world.deps, 'contoso');

    expect(await readCatalogue(world.state, 'contoso')).toEqual(before);
    expect(result).toEqual({ hsm: 'contoso', backups: 31, keys: 30, runs: 2, unproven: 0 });
    expect(await world.run()).toMatchObject({ state: 'rebuilt', counts: { backedUp: 30 } });
    expect((await world.run(world.nextNight().runId)).counts).toMatchObject({ backedUp: 1 });
  });

  it('replaces a damaged catalogue and leaves manifests that are there', async () => {
    const world = await SweepWorld.withKeys(2);
    await world.sweep();
    const manifest = await world.run();
    world.state.documents.set('catalogue/contoso', { text: 'damaged', etag: '"x"' });

    await rebuild(world.deps, 'contoso');

    expect(Object.keys((await readCatalogue(world.state, 'contoso')).keys)).toHaveLength(2);
    expect(await world.run()).toEqual(manifest);
  });

  it('claims no backup that does not read back as it was sent, but the newest good one', async () => {
    const world = await SweepWorld.withKeys(2);
    await world.sweep();
    await world.clock.advance(3_600_000);
    world.hsm.createKey('key-001');
    await world.clock.advance(3_600_000);
    await world.sweep({}, world.nextNight());
    const [older = '', newer = '', only = ''] = world.backups.blobs;
    world.backups.damage(newer, new Uint8Array([1]));
    world.backups.damage(only, new Uint8Array([1]));

    const result = await rebuild(world.deps, 'contoso');

    const { keys } = await readCatalogue(world.state, 'contoso');
    expect(Object.values(keys).map(({ blob }) => blob)).toEqual([older]);
    expect(result).toMatchObject({ backups: 3, keys: 1 });
    expect(world.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(2);
  });

  it('keeps the backup of a single key that was noted while it was at work', async () => {
    const world = await SweepWorld.withKeys(2);
    await world.sweep();
    await world.clock.advance(3_600_000);
    world.hsm.createKey('key-001');
    await world.clock.advance(3_600_000);
    world.backups.faults.plant({
      operation: 'read',
      act: async () => {
        const message = { kind: 'key-backup', hsm: 'contoso', key: 'key-001', reason: 'changed' } as const;
        await backUpSingleKey(world.deps, world.policy(), message, new AbortController().signal);
      },
    });

    await rebuild(world.deps, 'contoso');

    const { keys } = await readCatalogue(world.state, 'contoso');
    expect(keys['key-001']?.record.versions).toHaveLength(2);
  });

  it('counts a backup and its pinned copy once', async () => {
    const world = await SweepWorld.withKeys(2);
    await world.sweep();
    await world.backups.pin(world.backups.blobs[0] ?? '');

    expect(await rebuild(world.deps, 'contoso')).toMatchObject({ backups: 2, keys: 2, runs: 1 });
  });

  it('has nothing to do with the message of a run whose manifest was rebuilt', async () => {
    const world = await SweepWorld.withKeys(2);
    await world.sweep();
    world.state.documents.clear();
    await rebuild(world.deps, 'contoso');

    expect((await world.sweep()).status).toBe('already-ended');
  });

  it('lets the next night find unchanged keys unchanged', async () => {
    const world = await SweepWorld.withKeys(5);
    await world.sweep();
    world.state.documents.clear();
    await rebuild(world.deps, 'contoso');

    await world.sweep({}, world.nextNight());

    expect((await world.run(world.nextNight().runId)).counts).toMatchObject({ unchanged: 5 });
  });
});
