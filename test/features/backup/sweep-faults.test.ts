/** What a sweep makes of keys, lists and stores that fail. */
import { describe, expect, it } from 'vitest';
import type { SweepDeps } from '../../../src/features/backup/sweep-context.ts';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { fault, overriding, SweepWorld } from '../../support/sweep-world.ts';

describe('a sweep', () => {
  it('gives one refused key its reason and ends partial, with every other key backed up', async () => {
    const world = await SweepWorld.withKeys(5);
    world.hsm.faults.fail('backupKey', fault('hsm-refused'), { subject: 'key-003', times: 99 });

    await world.sweep();

    expect(await world.run()).toMatchObject({ state: 'partial', counts: { backedUp: 4, refused: 1 } });
    expect((await world.run()).keys['key-003']).toMatchObject({
      outcome: 'refused',
      attempts: 1,
      error: { code: 'hsm-refused' },
    });
  });

  it('counts a key that vanished between list and backup, without calling the run partial', async () => {
    const world = await SweepWorld.withKeys(2);
    world.hsm.faults.plant({
      operation: 'listVersions',
      subject: 'key-002',
      act: () => {
        world.hsm.deleteKey('key-002');
      },
    });

    await world.sweep();

    expect(await world.run()).toMatchObject({ state: 'succeeded', counts: { backedUp: 1, vanished: 1 } });
  });

  it('repeats what may pass, slows the pacer, and counts it', async () => {
    const world = await SweepWorld.withKeys(3);
    world.hsm.faults.fail('backupKey', fault('hsm-throttled', 7_000), { subject: 'key-001', times: 2 });
    const startedAt = world.clock.now();

    await world.sweep();

    expect(await world.run()).toMatchObject({ state: 'succeeded', retries: 2, throttles: 2 });
    expect((await world.run()).keys['key-001']).toMatchObject({ outcome: 'backed-up', attempts: 3 });
    expect(world.pacer.throttles).toEqual([7_000, 7_000]);
    expect(world.clock.now() - startedAt).toBeGreaterThanOrEqual(14_000);
  });

  it('gives a key whose trouble outlasted its attempts one more chance at the end', async () => {
    const world = await SweepWorld.withKeys(3);
    world.hsm.faults.fail('backupKey', fault('hsm-unavailable'), { subject: 'key-001', times: 6 });

    await world.sweep();

    expect(await world.run()).toMatchObject({ state: 'succeeded', counts: { backedUp: 3, failed: 0 } });
  });

  it('ends partial when a key fails to the last attempt', async () => {
    const world = await SweepWorld.withKeys(3);
    world.hsm.faults.fail('backupKey', fault('hsm-unavailable'), { subject: 'key-001', times: 99 });

    await world.sweep();

    expect(await world.run()).toMatchObject({ state: 'partial', counts: { backedUp: 2, failed: 1 } });
  });

  it('repeats a failed page of the list without listing the others again', async () => {
    const world = await SweepWorld.withKeys(60);
    world.hsm.faults.fail('listKeys', fault('hsm-unavailable'), { after: 1 });

    await world.sweep();

    expect((await world.run()).counts).toMatchObject({ backedUp: 60 });
    expect(world.hsm.calls.filter((call) => call.startsWith('listKeys'))).toHaveLength(4);
  });

  it('does not hide a list that stays out of reach: the message comes again', async () => {
    const world = await SweepWorld.withKeys(3);
    world.hsm.faults.fail('listKeys', fault('hsm-unavailable'), { times: 99 });

    await expect(world.sweep()).rejects.toMatchObject({ code: 'hsm-unavailable' });

    expect(world.leases.isHeld('hsm-contoso')).toBe(false);
  });

  it('stores nothing when the HSM sends a damaged backup, and asks again', async () => {
    const world = await SweepWorld.withKeys(1);
    const { keys } = world.deps;
    let sent = 0;
    const damaged = async (name: string) => {
      sent += 1;
      const whole = await keys.backupKey(name);
      return sent === 1 ? whole.subarray(0, whole.length - 20) : whole;
    };
    const deps: SweepDeps = { ...world.deps, keys: overriding(keys, { backupKey: damaged }) };

    await world.sweep({}, world.message, deps);

    expect(await world.run()).toMatchObject({ state: 'succeeded', retries: 1 });
    expect(world.backups.blobs).toHaveLength(1);
  });

  it('takes another backup when the store gives back other bytes than it was sent', async () => {
    const world = await SweepWorld.withKeys(1);
    world.backups.faults.plant({
      operation: 'read',
      act: () => {
        for (const blob of world.backups.blobs) world.backups.damage(blob, new Uint8Array([1]));
      },
    });

    await world.sweep();

    expect(await world.run()).toMatchObject({ state: 'succeeded', retries: 1 });
    expect(world.backups.blobs).toHaveLength(2);
    const catalogue = await readCatalogue(world.state, 'contoso');
    expect(catalogue.keys['key-001']?.blob).toBe(world.backups.blobs[1]);
  });

  it.each<[what: string, plant: (world: SweepWorld) => void]>([
    [
      'was stored, though the answer was lost',
      ({ backups }) => {
        const put = backups.put.bind(backups);
        let puts = 0;
        backups.put = async (...args) => {
          const stored = await put(...args);
          puts += 1;
          if (puts === 1) throw fault('storage-unreachable');
          return stored;
        };
      },
    ],
    [
      'cannot be read back at once',
      ({ backups }) => backups.faults.fail('read', fault('storage-unavailable'), { times: 2 }),
    ],
    [
      'cannot be read back until the second chance',
      ({ backups }) => backups.faults.fail('read', fault('storage-unavailable'), { times: 6 }),
    ],
    [
      'is read back garbled, once',
      ({ backups }) => {
        const fetch = backups.fetch.bind(backups);
        let fetches = 0;
        backups.fetch = async (...args) => {
          const fetched = await fetch(...args);
          fetches += 1;
          return fetches === 1 ? { ...fetched, bytes: new Uint8Array([1]) } : fetched;
        };
      },
    ],
  ])('leaves one backup of a key whose backup %s', async (_, plant) => {
    const world = await SweepWorld.withKeys(1);
    plant(world);

    await world.sweep();

    expect(await world.run()).toMatchObject({ state: 'succeeded', counts: { backedUp: 1 } });
    expect(world.backups.blobs).toHaveLength(1);
  });

  it('shows every retry and failure in the log, without a backup in it', async () => {
    const world = await SweepWorld.withKeys(1);
    world.hsm.faults.fail('backupKey', fault('hsm-refused'), { times: 99 });

    await world.sweep();

    expect(world.logger.lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'warn: key has no new backup',
      'error: sweep ended with keys lacking a backup',
    ]);
  });
});
