import { describe, expect, it } from 'vitest';
import { MemoryBackupStore } from '../../../src/adapters/memory/memory-backup-store.ts';
import { MemoryWorkQueue } from '../../../src/adapters/memory/memory-work-queue.ts';
import { readCatalogue } from '../../../src/engine/backup/catalogue.ts';
import { WardenError } from '../../../src/engine/errors.ts';
import { parseVerifyMessage, type VerifyMessage } from '../../../src/engine/verify/message.ts';
import { startVerification, verify } from '../../../src/engine/verify/verify.ts';
import { aVerifyPolicy } from '../../support/verify-policy.ts';
import { aWatchPolicy, DAY_MS, WatchWorld } from '../../support/watch-world.ts';

/** A store that can forget to list a blob, as one does that is gone or is not readable as a backup. */
class HidingStore extends MemoryBackupStore {
  readonly #hidden = new Set<string>();

  /** The blob is neither listed nor read, as after the lifecycle rule. */
  remove(blob: string): void {
    this.hide(blob);
    this.faults.fail('read', new WardenError('blob-missing', { message: 'removed' }), {
      subject: blob,
      times: 99,
    });
  }

  hide(blob: string): void {
    this.#hidden.add(blob);
  }

  override async *list(...given: Parameters<MemoryBackupStore['list']>) {
    for await (const page of super.list(...given)) yield page.filter(({ blob }) => !this.#hidden.has(blob));
  }
}

class VerifyWorld extends WatchWorld {
  readonly queue = new MemoryWorkQueue(this.clock);
  override readonly backups = new HidingStore(this.clock, 3);
  budgetMs = DAY_MS;
  retentionMs = 400 * DAY_MS;

  verify(message: VerifyMessage = { kind: 'verify', hsm: 'contoso', runId: 'run-1' }) {
    const deps = { ...this.deps, backups: this.backups, queue: this.queue };
    const { budgetMs, retentionMs } = this;
    const { selection } = this.policy;
    const policy = aVerifyPolicy({ budgetMs, retentionMs, selection });
    return verify(deps, policy, message, new AbortController().signal);
  }

  /** Makes keys with one backup each, `generations` times. */
  async fill(keys: number, generations = 1): Promise<void> {
    for (let n = 0; n < keys; n += 1) this.hsm.createKey(`key-${n}`);
    for (let round = 0; round < generations; round += 1) {
      await this.clock.advance(DAY_MS);
      for (let n = 0; n < keys; n += 1) await this.backUp(`key-${n}`);
    }
  }

  blobOf(key: string, generation = 0): string {
    const blobs = this.backups.blobs.filter((blob) => blob.startsWith(`contoso/${key}/`));
    return blobs[generation] ?? '';
  }

  /** Flips one bit of a stored backup. */
  async damage(blob: string): Promise<void> {
    const bytes = await this.backups.read(blob);
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    this.backups.damage(blob, bytes);
  }
}

describe('a verification', () => {
  it('reads every backup of every generation', async () => {
    const world = new VerifyWorld();
    await world.fill(5, 2);
    const { status, state } = await world.verify();

    expect(status).toBe('ended');
    expect(state).toMatchObject({ checked: 10, found: 0 });
    expect(world.told).toEqual([]);
  });

  it('tells a damaged backup at once, asks for a fresh one, and names another good one', async () => {
    const world = new VerifyWorld();
    await world.fill(2, 2);
    const damaged = world.blobOf('key-1', 1);
    await world.damage(damaged);
    await world.verify();

    expect(world.told).toEqual(['BackupDamaged key-1']);
    expect(world.events('HsmWarden.BackupDamaged')[0]?.data).toMatchObject({
      blob: damaged,
      severity: 'high',
      backup: { blob: world.blobOf('key-1', 0) },
    });
    expect(world.queue.take('key-backups')).toMatchObject({ key: 'key-1', reason: 'requested' });
    expect((await readCatalogue(world.state, 'contoso')).keys['key-1']?.blob).toBe(world.blobOf('key-1', 0));
  });

  it('calls it critical when it was the only good backup, and the catalogue then has none', async () => {
    const world = new VerifyWorld();
    await world.fill(1);
    await world.damage(world.blobOf('key-0'));
    await world.verify();

    expect(world.events('HsmWarden.BackupDamaged')[0]?.data.severity).toBe('critical');
    expect((await readCatalogue(world.state, 'contoso')).keys).toEqual({});
  });

  it('leaves the catalogue alone when an old generation is damaged', async () => {
    const world = new VerifyWorld();
    await world.fill(1, 2);
    await world.damage(world.blobOf('key-0', 0));
    await world.verify();

    expect((await readCatalogue(world.state, 'contoso')).keys['key-0']?.blob).toBe(world.blobOf('key-0', 1));
  });

  it('finds a shortened backup and a lost one', async () => {
    const world = new VerifyWorld();
    await world.fill(2);
    world.backups.damage(
      world.blobOf('key-0'),
      (await world.backups.read(world.blobOf('key-0'))).subarray(0, 50),
    );
    world.backups.faults.fail('read', world.fault('blob-missing'), { subject: world.blobOf('key-1') });
    await world.verify();

    expect(world.told).toEqual(['BackupDamaged key-0', 'BackupDamaged key-1']);
  });

  it.each(['gone', 'shortened'] as const)(
    'finds a backup that is %s and that the store lists no more, because the catalogue promises it',
    async (what) => {
      const world = new VerifyWorld();
      await world.fill(3, 2);
      const lost = world.blobOf('key-1', 1);
      world.backups.hide(lost);
      if (what === 'gone') {
        world.backups.remove(lost);
      } else world.backups.damage(lost, (await world.backups.read(lost)).subarray(0, 50));
      const { state } = await world.verify();

      expect(state).toMatchObject({ checked: 5, found: 1 });
      expect(world.events('HsmWarden.BackupDamaged').map(({ data }) => data.blob)).toEqual([lost]);
      expect(world.queue.take('key-backups')).toMatchObject({ key: 'key-1' });
      expect((await readCatalogue(world.state, 'contoso')).keys['key-1']?.blob).toBe(
        world.blobOf('key-1', 0),
      );
      await world.verify({ kind: 'verify', hsm: 'contoso', runId: 'run-2' });
      expect(world.told).toHaveLength(1);
    },
  );

  describe('of a store whose lifecycle rule removes old backups', () => {
    /** A key with a backup that a look knows, deleted and purged, so that its backup is pinned. */
    async function purged() {
      const world = new VerifyWorld({ purgeProtection: false });
      await world.fill(2);
      await world.look();
      world.hsm.deleteKey('key-1');
      world.hsm.purgeKey('key-1');
      await world.look();
      return { world, original: world.blobOf('key-1') };
    }

    async function verified(world: VerifyWorld) {
      const { status, state } = await world.verify();
      expect(status).toBe('ended');
      const { keys } = await readCatalogue(world.state, 'contoso');
      const told = world.told.filter((name) => name.startsWith('BackupDamaged'));
      return {
        found: state.found,
        told,
        promised: keys['key-1']?.blob,
        asked: world.queue.take('key-backups'),
      };
    }

    it('takes the pinned copy of a purged key for the original, and tells nothing', async () => {
      const { world, original } = await purged();
      await world.clock.advance(401 * DAY_MS);
      world.backups.remove(original);

      expect(await verified(world)).toEqual({
        found: 0,
        told: [],
        promised: `pinned/${original}`,
        asked: undefined,
      });
    });

    it('tells a purged key whose original and pinned copy are both gone', async () => {
      const { world, original } = await purged();
      await world.clock.advance(401 * DAY_MS);
      world.backups.remove(original);
      world.backups.remove(`pinned/${original}`);

      expect(await verified(world)).toMatchObject({ found: 1, told: ['BackupDamaged key-1'] });
    });

    it('tells a purged key whose pinned copy is damaged, both names', async () => {
      const { world, original } = await purged();
      await world.clock.advance(401 * DAY_MS);
      world.backups.remove(original);
      await world.damage(`pinned/${original}`);

      expect(await verified(world)).toMatchObject({ found: 2 });
    });

    it('tells a lost pinned copy that the catalogue has come to name', async () => {
      const { world, original } = await purged();
      await world.clock.advance(401 * DAY_MS);
      world.backups.remove(original);
      await world.verify({ kind: 'verify', hsm: 'contoso', runId: 'run-0' });
      world.backups.remove(`pinned/${original}`);

      expect(await verified(world)).toMatchObject({ found: 1, told: ['BackupDamaged key-1'] });
    });

    /** A key that the settings leave out since it was backed up; its backup goes at this age. */
    async function leftOut(days: number, exclude: readonly string[]) {
      const world = new VerifyWorld();
      await world.fill(2);
      world.policy = aWatchPolicy({ selection: { include: [], exclude, excludeTags: [] } });
      await world.look();
      await world.clock.advance(days * DAY_MS);
      world.backups.remove(world.blobOf('key-1'));
      return world;
    }

    it('forgets the backup of a key that the settings leave out since', async () => {
      const world = await leftOut(401, ['key-1']);

      expect(await verified(world)).toEqual({ found: 0, told: [], promised: undefined, asked: undefined });
      expect(world.logger.lines.map(({ message }) => message)).toContain(
        'backup reached its age and is needed no more',
      );
    });

    it.each([
      ['younger than the rule removes', 399, ['key-1']],
      ['of a key that needs one', 401, []],
    ])('tells a lost backup %s', async (_name, days, exclude) => {
      const world = await leftOut(days, exclude);

      expect(await verified(world)).toMatchObject({ found: 1, told: ['BackupDamaged key-1'] });
    });

    it('tells a lost backup when no look says whether its key is there', async () => {
      const world = new VerifyWorld();
      await world.fill(2);
      await world.clock.advance(401 * DAY_MS);
      world.backups.remove(world.blobOf('key-1'));

      expect(await verified(world)).toMatchObject({ found: 1 });
    });
  });

  it('does not call a backup damaged that came while it was listing', async () => {
    const world = new VerifyWorld();
    await world.fill(4);
    await world.clock.advance(DAY_MS);
    // In the catalogue before its end, and in the list or not, as it happens.
    world.backups.faults.plant({ operation: 'read', act: () => world.backUp('key-0') });
    const { state } = await world.verify();

    expect(state.found).toBe(0);
    expect(world.told).toEqual([]);
  });

  it('tells the same damage once, night after night', async () => {
    const world = new VerifyWorld();
    await world.fill(1);
    await world.damage(world.blobOf('key-0'));
    await world.verify();
    const { state } = await world.verify({ kind: 'verify', hsm: 'contoso', runId: 'run-2' });

    expect(world.told).toHaveLength(1);
    expect(state).toMatchObject({ runId: 'run-2', checked: 1, found: 1 });
  });

  it('hands over when its time is up, and its continuations read the rest and nothing twice', async () => {
    const world = new VerifyWorld();
    await world.fill(10);
    world.budgetMs = 700;
    world.backups.faults.plant({ operation: 'read', times: 99, act: () => world.clock.advance(400) });
    let result = await world.verify();
    let parts = 1;
    for (
      let next = world.queue.take('verifications');
      next !== undefined;
      next = world.queue.take('verifications')
    ) {
      result = await world.verify(parseVerifyMessage(next));
      parts += 1;
    }

    expect(result).toMatchObject({ status: 'ended', state: { checked: 10 } });
    expect(parts).toBe(4);
  });

  it.each(Array.from({ length: 12 }, (_, n) => n))(
    'converges when it dies at write %d: damage is told once per id, no backup is skipped',
    async (after) => {
      const world = new VerifyWorld();
      await world.fill(10);
      await world.damage(world.blobOf('key-4'));
      await world.damage(world.blobOf('key-8'));
      world.state.faults.fail('write', new Error('killed'), { after });
      await world.verify().catch((error: unknown) => {
        if (!(error instanceof Error) || error.message !== 'killed') throw error;
      });
      const { state } = await world.verify();

      expect(state).toMatchObject({ checked: 10, found: 2 });
      expect(world.told).toEqual(['BackupDamaged key-4', 'BackupDamaged key-8']);
    },
  );

  it('has nothing to do when its message comes again after its end', async () => {
    const world = new VerifyWorld();
    await world.fill(1);
    await world.verify();

    expect((await world.verify()).status).toBe('already-ended');
  });

  it('is started by one message for each HSM', async () => {
    const world = new VerifyWorld();
    const runId = await startVerification(world, ['contoso', 'fabrikam']);

    expect([1, 2].map(() => world.queue.take('verifications'))).toEqual([
      { kind: 'verify', hsm: 'contoso', runId },
      { kind: 'verify', hsm: 'fabrikam', runId },
    ]);
  });
});
