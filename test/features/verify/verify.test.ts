import { describe, expect, it } from 'vitest';
import { readMessage } from '../../../src/core/queue.ts';
import { KEY_BACKUPS } from '../../../src/features/backup/queues.ts';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { VERIFICATIONS } from '../../../src/features/verify/message.ts';
import { startVerification } from '../../../src/features/verify/verify.ts';
import { VerifyWorld } from '../../support/verify-world.ts';
import { DAY_MS, MINUTE_MS } from '../../support/watch-world.ts';

describe('a verification', () => {
  it('reads every backup of every generation', async () => {
    const world = new VerifyWorld();
    await world.fill(5, 2);
    const { status, state } = await world.verify();

    expect(status).toBe('ended');
    expect(state).toMatchObject({ checked: 10, found: 0 });
    expect(world.reports).toEqual([]);
  });

  it('reports a damaged backup at once, asks for a fresh one, and names another good one', async () => {
    const world = new VerifyWorld();
    await world.fill(2, 2);
    const damaged = world.blobOf('key-1', 1);
    await world.damage(damaged);
    await world.verify();

    expect(world.reports).toEqual(['BackupDamaged key-1']);
    expect(world.events('HsmWarden.BackupDamaged')[0]?.data).toMatchObject({
      blob: damaged,
      severity: 'high',
      backup: { blob: world.blobOf('key-1', 0) },
    });
    expect(world.queue.take(KEY_BACKUPS)).toMatchObject({ key: 'key-1', reason: 'requested' });
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

    expect(world.reports).toEqual(['BackupDamaged key-0', 'BackupDamaged key-1']);
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
      expect(world.queue.take(KEY_BACKUPS)).toMatchObject({ key: 'key-1' });
      expect((await readCatalogue(world.state, 'contoso')).keys['key-1']?.blob).toBe(
        world.blobOf('key-1', 0),
      );
      await world.verify({ kind: 'verify', hsm: 'contoso', runId: 'run-2' });
      expect(world.reports).toHaveLength(1);
    },
  );

  it('does not call a backup damaged that came while it was listing', async () => {
    const world = new VerifyWorld();
    await world.fill(4);
    await world.clock.advance(DAY_MS);
    // In the catalogue before its end, and in the list or not, as it happens.
    world.backups.faults.plant({ operation: 'read', act: () => world.backUp('key-0') });
    const { state } = await world.verify();

    expect(state.found).toBe(0);
    expect(world.reports).toEqual([]);
  });

  it('reports the same damage once, night after night', async () => {
    const world = new VerifyWorld();
    await world.fill(1);
    await world.damage(world.blobOf('key-0'));
    await world.verify();
    const { state } = await world.verify({ kind: 'verify', hsm: 'contoso', runId: 'run-2' });

    expect(world.reports).toHaveLength(1);
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
      let next = world.queue.take(VERIFICATIONS);
      next !== undefined;
      next = world.queue.take(VERIFICATIONS)
    ) {
      result = await world.verify(readMessage(VERIFICATIONS, next));
      parts += 1;
    }

    expect(result).toMatchObject({ status: 'ended', state: { checked: 10 } });
    expect(parts).toBe(4);
  });

  it.each(Array.from({ length: 12 }, (_, n) => n))(
    'converges when it dies at write %d: damage is reported once per id, no backup is skipped',
    async (after) => {
      const world = new VerifyWorld();
      await world.fill(10);
      await world.damage(world.blobOf('key-4'));
      await world.damage(world.blobOf('key-8'));
      world.state.faults.fail('write', new Error('killed'), { after });
      await world.verify().catch((error: unknown) => {
        if (!(error instanceof Error) || error.message !== 'killed') throw error;
      });
      world.restart();
      await world.clock.advance(MINUTE_MS);
      const { state } = await world.verify();

      expect(state).toMatchObject({ checked: 10, found: 2 });
      expect(world.reports).toEqual(['BackupDamaged key-4', 'BackupDamaged key-8']);
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
    const runId = await startVerification({ ...world, signal: new AbortController().signal }, [
      'contoso',
      'fabrikam',
    ]);

    expect([1, 2].map(() => world.queue.take(VERIFICATIONS))).toEqual([
      { kind: 'verify', hsm: 'contoso', runId },
      { kind: 'verify', hsm: 'fabrikam', runId },
    ]);
  });
});
