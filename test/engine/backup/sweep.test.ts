import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { AimdPacer } from '../../../src/adapters/pacing/aimd-pacer.ts';
import { readCatalogue } from '../../../src/engine/backup/catalogue.ts';
import { parseSweepMessage } from '../../../src/engine/backup/message.ts';
import type { SweepDeps } from '../../../src/engine/backup/sweep-context.ts';
import { WardenError, type WardenErrorCode } from '../../../src/engine/errors.ts';
import type { StateStore } from '../../../src/engine/ports.ts';
import { SweepWorld } from '../../support/sweep-world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function fault(code: WardenErrorCode, retryAfterMs?: number) {
  const options = { message: `planted ${code}`, hsm: 'contoso' };
  return new WardenError(code, retryAfterMs === undefined ? options : { ...options, retryAfterMs });
}

describe('a sweep', () => {
  it('backs up every key and says so in its manifest', async () => {
    const world = await SweepWorld.withKeys(60);

    const result = await world.sweep();

    expect(result.status).toBe('ended');
    expect(world.run()).toMatchObject({ state: 'succeeded', counts: { keys: 60, backedUp: 60, failed: 0 } });
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

    expect(world.run(world.nextNight().runId).counts).toMatchObject({ keys: 60, unchanged: 60, backedUp: 0 });
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

    expect(world.run(world.nextNight().runId).keys).toMatchObject({
      'key-001': { outcome: 'unchanged' },
      'key-002': { outcome: 'backed-up', reason: 'changed', versions: 2 },
      fresh: { outcome: 'backed-up', reason: 'new', versions: 1 },
    });
    expect(world.hsm.calls.filter((call) => call === 'getKey key-002')).toHaveLength(1);
  });

  it('gives one refused key its reason and ends partial, with every other key backed up', async () => {
    const world = await SweepWorld.withKeys(5);
    world.hsm.faults.fail('backupKey', fault('hsm-refused'), { subject: 'key-003', times: 99 });

    await world.sweep();

    expect(world.run()).toMatchObject({ state: 'partial', counts: { backedUp: 4, refused: 1 } });
    expect(world.run().keys['key-003']).toMatchObject({
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

    expect(world.run()).toMatchObject({ state: 'succeeded', counts: { backedUp: 1, vanished: 1 } });
  });

  it('repeats what may pass, tells the pacer, and counts it', async () => {
    const world = await SweepWorld.withKeys(3);
    world.hsm.faults.fail('backupKey', fault('hsm-throttled', 7_000), { subject: 'key-001', times: 2 });
    const startedAt = world.clock.now();

    await world.sweep();

    expect(world.run()).toMatchObject({ state: 'succeeded', retries: 2, throttles: 2 });
    expect(world.run().keys['key-001']).toMatchObject({ outcome: 'backed-up', attempts: 3 });
    expect(world.pacer.throttles).toEqual([7_000, 7_000]);
    expect(world.clock.now() - startedAt).toBeGreaterThanOrEqual(14_000);
  });

  it('gives a key whose trouble outlasted its attempts one more chance at the end', async () => {
    const world = await SweepWorld.withKeys(3);
    world.hsm.faults.fail('backupKey', fault('hsm-unavailable'), { subject: 'key-001', times: 6 });

    await world.sweep();

    expect(world.run()).toMatchObject({ state: 'succeeded', counts: { backedUp: 3, failed: 0 } });
  });

  it('ends partial when a key fails to the last attempt', async () => {
    const world = await SweepWorld.withKeys(3);
    world.hsm.faults.fail('backupKey', fault('hsm-unavailable'), { subject: 'key-001', times: 99 });

    await world.sweep();

    expect(world.run()).toMatchObject({ state: 'partial', counts: { backedUp: 2, failed: 1 } });
  });

  it('repeats a failed page of the list without listing the others again', async () => {
    const world = await SweepWorld.withKeys(60);
    world.hsm.faults.fail('listKeys', fault('hsm-unavailable'), { after: 1 });

    await world.sweep();

    expect(world.run().counts).toMatchObject({ backedUp: 60 });
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

    expect(world.run()).toMatchObject({ state: 'succeeded', retries: 1 });
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

    expect(world.run()).toMatchObject({ state: 'succeeded', retries: 1 });
    expect(world.backups.blobs).toHaveLength(2);
    const catalogue = await readCatalogue(world.state, 'contoso');
    expect(catalogue.keys['key-001']?.blob).toBe(world.backups.blobs[1]);
  });

  it('hands over to its continuation before its budget is used up, and no key is done twice', async () => {
    const world = await SweepWorld.withKeys(30);
    const slow = world.deps;
    const deps: SweepDeps = {
      ...slow,
      keys: overriding(slow.keys, {
        backupKey: async (name: string) => {
          await world.clock.sleep(1_000);
          return slow.keys.backupKey(name);
        },
      }),
    };

    const first = await world.sweep({ budgetMs: 3_000 }, world.message, deps);
    const left = parseSweepMessage(world.queue.take('hsm-sweeps'));
    await world.sweep({}, left, deps);

    expect(first.status).toBe('continued');
    expect(world.run()).toMatchObject({ state: 'succeeded', parts: 2, counts: { backedUp: 30 } });
    expect([...world.backupsPerKey().values()].every((count) => count === 1)).toBe(true);
  });

  it('reaches every other key in spite of so many failing ones that they use up its budget', async () => {
    const world = await SweepWorld.withKeys(30);
    for (const name of [...world.hsm.active.keys()].slice(0, 20)) {
      world.hsm.faults.fail('backupKey', fault('hsm-unavailable'), { subject: name, times: 999 });
    }

    let parts = 1;
    let left: unknown = world.message;
    for (; left !== undefined && parts <= 10; parts += 1) {
      await world.sweep({ budgetMs: 20_000 }, parseSweepMessage(left));
      left = world.queue.take('hsm-sweeps');
    }

    expect(world.run()).toMatchObject({ state: 'partial', counts: { backedUp: 10, failed: 20 } });
  });

  it('hands over in time although the HSM asks it to wait for longer than its budget', async () => {
    const world = await SweepWorld.withKeys(3);
    world.hsm.faults.fail('backupKey', fault('hsm-throttled', 2 * HOUR_MS), { subject: 'key-001' });
    const startedAt = world.clock.now();

    const pacer = new AimdPacer({ ratePerSecond: 8, clock: world.clock });

    const result = await world.sweep({ budgetMs: 600_000 }, world.message, { ...world.deps, pacer });

    expect(result.status).toBe('continued');
    expect(world.clock.now() - startedAt).toBeLessThan(601_000);
    expect(world.run().keys['key-001']).toMatchObject({ outcome: 'failed', again: true });
  });

  it('loses no backup that is made while a checkpoint is being written', async () => {
    const world = await SweepWorld.withKeys(30);
    // The catalogue takes a while to be written, while other keys go on.
    world.state.faults.plant({
      operation: 'write',
      subject: 'catalogue/contoso',
      times: 99,
      act: () => world.clock.sleep(50),
    });

    await world.sweep({ checkpointMs: 0 });

    const catalogue = await readCatalogue(world.state, 'contoso');
    expect(Object.keys(catalogue.keys)).toHaveLength(30);
  });

  it('knows its own record again when the answer to its write was lost and the write repeated', async () => {
    const world = await SweepWorld.withKeys(3);
    const { state } = world.deps;
    const write: StateStore['write'] = async (address, ...given) => {
      const etag = await state.write(address, ...given);
      return address.kind === 'run' ? state.write(address, ...given) : etag;
    };
    const deps: SweepDeps = { ...world.deps, state: overriding(state, { write }) };

    const result = await world.sweep({}, world.message, deps);

    expect(result.status).toBe('ended');
    expect(world.run()).toMatchObject({ state: 'succeeded', counts: { backedUp: 3 } });
  });

  it('gives way when somebody else wrote its record', async () => {
    const world = await SweepWorld.withKeys(3);
    const subject = `run/contoso/${world.message.runId}`;
    world.state.faults.plant({
      operation: 'write',
      subject,
      after: 1,
      act: () => {
        const document = world.state.documents.get(subject);
        world.state.documents.set(subject, { text: document?.text ?? '', etag: '"other"' });
      },
    });

    await expect(world.sweep()).rejects.toMatchObject({ code: 'state-conflict' });
  });

  it('has nothing to do when its message is delivered again after its end', async () => {
    const world = await SweepWorld.withKeys(3);
    await world.sweep();

    const again = await world.sweep();

    expect(again.status).toBe('already-ended');
    expect(world.backups.blobs).toHaveLength(3);
  });

  it('yields to the worker that holds the lease, and comes back after it must have lapsed', async () => {
    const world = await SweepWorld.withKeys(3);
    await world.leases.acquire('hsm-contoso', 60);

    const result = await world.sweep();

    expect(result.status).toBe('yielded');
    expect(world.backups.blobs).toHaveLength(0);
    expect(world.queue.waiting).toMatchObject([{ visibleAt: world.clock.now() + 65_000 }]);
  });

  it('stops when it loses the lease, and its repeat ends the run', async () => {
    const world = await SweepWorld.withKeys(20);
    world.hsm.faults.plant({
      operation: 'backupKey',
      after: 5,
      act: () => world.leases.breakLease('hsm-contoso'),
    });

    await expect(world.sweep()).rejects.toThrow();
    await world.sweep();

    expect(world.run()).toMatchObject({ state: 'succeeded', counts: { backedUp: 20 } });
    expect([...world.backupsPerKey().values()].every((count) => count === 1)).toBe(true);
  });

  it('says what stopped it, also when the lease cannot be given back', async () => {
    const world = await SweepWorld.withKeys(3);
    world.hsm.faults.fail('listKeys', fault('hsm-forbidden'));
    world.leases.faults.fail('release', fault('storage-unavailable'));

    await expect(world.sweep()).rejects.toMatchObject({ code: 'hsm-forbidden' });
  });

  it('has ended when all is saved, though the lease cannot be given back', async () => {
    const world = await SweepWorld.withKeys(3);
    world.leases.faults.fail('release', fault('storage-unavailable'));

    expect((await world.sweep()).status).toBe('ended');
    expect(world.logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('asks for its continuation when the lease is free, so that no worker has to wait for it', async () => {
    const world = await SweepWorld.withKeys(3);
    const held: boolean[] = [];
    world.queue.faults.plant({
      operation: 'send',
      act: () => {
        held.push(world.leases.isHeld('hsm-contoso'));
      },
    });

    expect((await world.sweep({ budgetMs: 0 })).status).toBe('continued');
    expect(held).toEqual([false]);
  });

  it('skips by name and tag with the reason', async () => {
    const world = await SweepWorld.withKeys(0);
    world.hsm.createKey('temp-1');
    world.hsm.createKey('kept');
    world.hsm.createKey('tagged', { tags: { backup: 'no' } });
    world.hsm.createKey('by-azure', { managed: true });

    await world.sweep({ selection: { include: [], exclude: ['temp-*'], excludeTags: ['backup=no'] } });

    expect(world.run().keys).toMatchObject({
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

    expect(world.run(world.nextNight().runId).counts).toMatchObject({ keys: 3, unchanged: 3 });
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

describe('a sweep that dies at any step', () => {
  test.prop(
    [fc.integer({ min: 1, max: 130 }), fc.integer({ min: 1, max: 130 }), fc.constantFrom(0, 30_000)],
    { numRuns: 200 },
  )(
    'converges when its message is delivered again: one good backup a key, one count a key',
    async (firstDeath, secondDeath, checkpointMs) => {
      const world = await SweepWorld.withKeys(12);

      for (const death of [firstDeath, secondDeath]) {
        await dieAfter(world, death, checkpointMs);
        await world.clock.advance(61_000);
      }
      await world.sweepToTheEnd({ checkpointMs });

      expect(world.run()).toMatchObject({ state: 'succeeded', counts: { keys: 12, backedUp: 12 } });
      expect([...world.backupsPerKey().values()]).toEqual(Array.from({ length: 12 }, () => 1));
      const catalogue = await readCatalogue(world.state, 'contoso');
      expect(
        Object.values(catalogue.keys)
          .map(({ blob }) => blob)
          .sort(),
      ).toEqual(world.backups.blobs);
    },
  );
});

/** Runs a part whose process dies at its `steps`-th call of any port: from then on no call does anything. */
async function dieAfter(world: SweepWorld, steps: number, checkpointMs: number): Promise<void> {
  let left = steps;
  const mortal = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          left -= 1;
          if (left <= 0) throw new Error('the process is dead');
          return Reflect.apply(member, target, args);
        };
      },
    });
  const { deps } = world;
  const dying: SweepDeps = {
    ...deps,
    keys: mortal(deps.keys),
    backups: mortal(deps.backups),
    state: mortal(deps.state),
    queue: mortal(deps.queue),
    leases: {
      acquire: async (name, seconds) => {
        const { lost } = await deps.leases.acquire(name, seconds);
        return { lost, release: async () => undefined };
      },
    },
  };
  await world.sweep({ checkpointMs }, world.message, dying).catch(() => undefined);
  world.leases.abandon('hsm-contoso');
}

/** A port with some of its methods replaced. */
function overriding<T extends object>(port: T, methods: Partial<T>): T {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(Object.hasOwn(methods, name) ? methods : target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
