/** Whose run it is: what a sweep does about its lease, its record and its message. */
import { describe, expect, it } from 'vitest';
import { readLastRun } from '../../../src/features/backup/last-run.ts';
import { noteRunBegin, readOpenRun } from '../../../src/features/backup/open-run.ts';
import { SWEEPS, SweepMessage } from '../../../src/features/backup/queues.ts';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { fault, SweepWorld } from '../../support/sweep-world.ts';

/** Notes how many backups there are at each save of the run's record. */
function backupsAtEachSave(world: SweepWorld, act: () => Promise<void> = async () => undefined): number[] {
  const saved: number[] = [];
  const note = () => {
    saved.push(world.backups.blobs.length);
    return act();
  };
  const subject = `run/contoso/${world.message.runId}`;
  world.state.faults.plant({ operation: 'write', subject, times: Number.POSITIVE_INFINITY, act: note });
  return saved;
}

describe('a sweep', () => {
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

  it('saves its progress after 250 keys, however fast they come', async () => {
    const world = await SweepWorld.withKeys(300);
    const saved = backupsAtEachSave(world);

    await world.sweep({ checkpointMs: Number.POSITIVE_INFINITY });

    const [begin, middle, end] = saved;
    expect([begin, end, saved.length]).toEqual([0, 300, 3]);
    // Others go on while the 250 are being saved.
    expect(middle).toBeGreaterThanOrEqual(250);
    expect(middle).toBeLessThan(300);
  });

  it('does not line up to save while it is saving', async () => {
    const world = await SweepWorld.withKeys(30);
    const saved = backupsAtEachSave(world, () => world.clock.sleep(50));

    await world.sweep({ checkpointMs: 0 });

    expect(saved.length).toBeLessThan(15);
    expect(saved.at(-1)).toBe(30);
  });

  it.each(['read', 'write'] as const)(
    'gives way when somebody else wrote its record before it could %s it',
    async (operation) => {
      const world = await SweepWorld.withKeys(3);
      const subject = `run/contoso/${world.message.runId}`;
      world.state.faults.plant({
        operation,
        subject,
        after: 1,
        act: () => {
          const document = world.state.documents.get(subject);
          world.state.documents.set(subject, { text: document?.text ?? '', etag: '"other"' });
        },
      });

      await expect(world.sweep()).rejects.toMatchObject({ code: 'state-conflict' });
      expect(world.state.documents.get(subject)?.etag).toBe('"other"');
    },
  );

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

  it('keeps one message while another holds the HSM, however many copies lost answers have made', async () => {
    const world = await SweepWorld.withKeys(3);
    await noteRunBegin(world.state, 'contoso', world.message.runId, world.clock.now());
    await world.leases.acquire('hsm-contoso', 60);
    const copies = [world.message, world.message, world.message];

    for (let turn = 1; turn <= 3; turn += 1) {
      for (const copy of copies) await world.sweep({}, copy);
      expect(world.queue.waiting.map(({ text }) => JSON.parse(text))).toEqual([{ ...world.message, turn }]);
      await world.clock.advance(65_000);
      // The one that was put back comes twice.
      const back = SweepMessage.parse(world.queue.take(SWEEPS));
      copies.push(back, back);
    }
  });

  it('keeps one message of each run that waits, also of those before the newest', async () => {
    const world = await SweepWorld.withKeys(3);
    const older = { ...world.message, runId: '20261123T020000Z-nightly' };
    for (const { runId } of [older, world.message])
      await noteRunBegin(world.state, 'contoso', runId, world.clock.now());
    await world.leases.acquire('hsm-contoso', 60);

    for (let turn = 1; turn <= 3; turn += 1) {
      const copies =
        turn === 1
          ? [older, world.message]
          : world.queue.waiting.map(({ text }) => SweepMessage.parse(JSON.parse(text)));
      while (world.queue.take(SWEEPS) !== undefined);
      for (const copy of [...copies, ...copies]) await world.sweep({}, copy);
      expect(world.queue.waiting.map(({ text }) => JSON.parse(text))).toEqual([
        { ...older, turn },
        { ...world.message, turn },
      ]);
      await world.clock.advance(65_000);
    }
  });

  it('keeps the turns of the fifty newest runs', async () => {
    const world = await SweepWorld.withKeys(1);
    const runs = Array.from({ length: 60 }, (_, n) => `20261123T0200${String(n).padStart(2, '0')}Z-nightly`);
    for (const runId of runs) await noteRunBegin(world.state, 'contoso', runId, world.clock.now());

    const { older = {} } = (await readOpenRun(world.state, 'contoso')) ?? {};
    expect(Object.keys(older)).toEqual(runs.slice(9, 59));
  });

  it('ends by the one message that is left, when the HSM is free again', async () => {
    const world = await SweepWorld.withKeys(3);
    await noteRunBegin(world.state, 'contoso', world.message.runId, world.clock.now());
    const held = await world.leases.acquire('hsm-contoso', 60);
    await world.sweep();
    await world.sweep();
    await held.release();
    await world.clock.advance(65_000);

    const result = await world.sweep({}, SweepMessage.parse(world.queue.take(SWEEPS)));

    expect(result).toMatchObject({ status: 'ended', run: { state: 'succeeded' } });
  });

  it('does not come back when its run has ended, whoever holds the lease, and what its worker had yet to note is noted', async () => {
    const world = await SweepWorld.withKeys(3);
    world.state.faults.plant({
      operation: 'write',
      subject: 'last-run/contoso',
      act: () => Promise.reject(fault('storage-unavailable')),
    });
    await expect(world.sweep()).rejects.toMatchObject({ code: 'storage-unavailable' });
    await world.leases.acquire('hsm-contoso', 60);

    const again = await world.sweep();

    expect(again).toMatchObject({
      status: 'already-ended',
      run: { state: 'succeeded', counts: { keys: 3 } },
    });
    expect(world.queue.waiting).toEqual([]);
    expect((await readLastRun(world.state, 'contoso')).value).toMatchObject({ runId: world.message.runId });
  });

  it('stops when it loses the lease, and its repeat ends the run', async () => {
    const world = await SweepWorld.withKeys(20);
    world.hsm.faults.plant({
      operation: 'backupKey',
      after: 5,
      act: () => world.leases.breakLease('hsm-contoso'),
    });

    await expect(world.sweep()).rejects.toThrow();
    await world.sweepToTheEnd();

    expect(await world.run()).toMatchObject({ state: 'succeeded', counts: { backedUp: 20 } });
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
});
