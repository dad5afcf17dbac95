/** What a sweep backs up, and what it leaves alone. */
import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { DAY_MS, HOUR_MS, SweepWorld } from '../../support/sweep-world.ts';

describe('a sweep', () => {
  it('backs up every key and says so in its manifest', async () => {
    const world = await SweepWorld.withKeys(60);

    const result = await world.sweep();

    expect(result.status).toBe('ended');
    expect(await world.run()).toMatchObject({
      state: 'succeeded',
      counts: { keys: 60, backedUp: 60, failed: 0 },
    });
    expect(world.backupsPerKey().size).toBe(60);
    const catalogue = await readCatalogue(world.state, 'contoso');
    expect(Object.keys(catalogue.keys)).toHaveLength(60);
  });

  it('notes versions and thumbprints of what it backed up', async () => {
    const world = await SweepWorld.withKeys(1);
    world.hsm.createKey('key-001');

    await world.sweep();

    const versions = world.hsm.active.get('key-001')?.versions ?? [];
    const catalogue = await readCatalogue(world.state, 'contoso');
    expect(catalogue.keys['key-001']?.record.versions).toEqual(
      versions.map(({ version, thumbprint }) => ({ version, thumbprint })),
    );
    expect(versions).toHaveLength(2);
  });

  it('backs up disabled and expired keys too', async () => {
    const world = await SweepWorld.withKeys(0);
    world.hsm.createKey('disabled', { enabled: false });
    world.hsm.createKey('expired', { expiresAt: Date.UTC(2020, 0, 1) });

    await world.sweep();

    expect([...world.backupsPerKey().keys()].sort()).toEqual(['disabled', 'expired']);
  });

  it('leaves unchanged keys alone the next night, asking the HSM for the list only', async () => {
    const world = await SweepWorld.withKeys(60);
    await world.sweep();
    await world.clock.advance(DAY_MS);
    world.hsm.calls.length = 0;

    await world.sweep({}, world.nextNight());

    expect((await world.run(world.nextNight().runId)).counts).toMatchObject({
      keys: 60,
      unchanged: 60,
      backedUp: 0,
    });
    expect(world.hsm.calls.map((call) => call.split(' ')[0])).toEqual(['listKeys', 'listKeys', 'listKeys']);
  });

  it('backs up a changed and a new key the next night, and reads only the versions it does not know', async () => {
    const world = await SweepWorld.withKeys(3);
    await world.sweep();
    await world.clock.advance(HOUR_MS);
    world.hsm.createKey('key-002');
    world.hsm.createKey('fresh');
    await world.clock.advance(HOUR_MS);
    world.hsm.calls.length = 0;

    await world.sweep({}, world.nextNight());

    expect((await world.run(world.nextNight().runId)).keys).toMatchObject({
      'key-001': { outcome: 'unchanged' },
      'key-002': { outcome: 'backed-up', reason: 'changed', versions: 2 },
      fresh: { outcome: 'backed-up', reason: 'new', versions: 1 },
    });
    expect(world.hsm.calls.filter((call) => call === 'getKey key-002')).toHaveLength(1);
  });

  it('skips by name and tag with the reason', async () => {
    const world = await SweepWorld.withKeys(0);
    world.hsm.createKey('temp-1');
    world.hsm.createKey('kept');
    world.hsm.createKey('tagged', { tags: { backup: 'no' } });
    world.hsm.createKey('by-azure', { managed: true });

    await world.sweep({ selection: { include: [], exclude: ['temp-*'], excludeTags: ['backup=no'] } });

    expect((await world.run()).keys).toMatchObject({
      'temp-1': { outcome: 'skipped', reason: 'excluded by name (temp-*)' },
      kept: { outcome: 'backed-up' },
      tagged: { outcome: 'skipped', reason: 'excluded by tag (backup=no)' },
      'by-azure': { outcome: 'skipped', reason: 'managed by another Azure service' },
    });
  });

  it('backs up keys whose names are members of every object', async () => {
    const world = await SweepWorld.withKeys(0);
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) world.hsm.createKey(name);
    await world.clock.advance(HOUR_MS);
    await world.sweep();

    await world.sweep({}, world.nextNight());

    expect((await world.run(world.nextNight().runId)).counts).toMatchObject({ keys: 3, unchanged: 3 });
  });
});
