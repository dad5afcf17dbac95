/** Runs that nobody works on any more are continued; those that somebody works on are left alone. */
import { describe, expect, it } from 'vitest';
import { noteRunBegin } from '../../../src/features/backup/open-run.ts';
import { SWEEPS } from '../../../src/features/backup/queues.ts';
import { reconcileRun, reconcileRuns } from '../../../src/features/backup/reconcile.ts';
import { SweepWorld } from '../../support/sweep-world.ts';

const FIVE_MINUTES = 5 * 60_000;

/** A run that was begun and whose worker died: its message is gone, its lease has lapsed. */
async function deserted() {
  const world = await SweepWorld.withKeys(3);
  await noteRunBegin(world.state, 'contoso', world.message.runId, world.clock.now());
  await world.sweep({ budgetMs: 0 });
  world.queue.take(SWEEPS);
  return world;
}

function reconcile(world: SweepWorld) {
  return reconcileRun(world.deps, 'contoso');
}

describe('the reconcile timer', () => {
  it('continues a run when nothing has happened between two of its firings', async () => {
    const world = await deserted();

    const first = await reconcile(world);
    await world.clock.advance(FIVE_MINUTES);
    const second = await reconcile(world);

    expect([first, second]).toEqual(['waiting', 'continued']);
    expect(world.queue.take(SWEEPS)).toEqual(world.message);
    expect(world.logger.lines.at(-1)?.message).toBe('a run that nobody worked on is continued');
  });

  it('continues a run whose first message was lost', async () => {
    const world = await SweepWorld.withKeys(3);
    await noteRunBegin(world.state, 'contoso', world.message.runId, world.clock.now());

    await world.clock.advance(FIVE_MINUTES);

    expect(await reconcile(world)).toBe('continued');
  });

  it('gives the message it sent a quarter of an hour', async () => {
    const world = await deserted();
    await reconcile(world);
    const seen: string[] = [];
    for (let firing = 0; firing < 5; firing += 1) {
      await world.clock.advance(FIVE_MINUTES);
      seen.push(await reconcile(world));
    }

    expect(seen).toEqual(['continued', 'waiting', 'waiting', 'continued', 'waiting']);
  });

  it('leaves a run alone whose worker holds the lease', async () => {
    const world = await deserted();
    await reconcile(world);
    await world.clock.advance(FIVE_MINUTES);
    await world.leases.acquire('hsm-contoso', 60);

    expect(await reconcile(world)).toBe('alive');
    expect(world.queue.take(SWEEPS)).toBeUndefined();
  });

  it('leaves a run alone that makes progress', async () => {
    const world = await deserted();
    await reconcile(world);
    await world.clock.advance(FIVE_MINUTES);
    await world.sweep({ budgetMs: 0 });

    expect(await reconcile(world)).toBe('waiting');
  });

  it('leaves an ended run, and an HSM without any, alone', async () => {
    const world = await deserted();
    await world.sweep();
    await world.clock.advance(FIVE_MINUTES);

    expect(await reconcile(world)).toBe('ended');
    expect(await reconcileRun(world.deps, 'other')).toBe('none');
  });

  it('does not let one HSM keep it from another, and says so in the end', async () => {
    const world = await deserted();
    await reconcile(world);
    await world.clock.advance(FIVE_MINUTES);
    world.state.faults.fail('read', new Error('planted'), { subject: 'open-run/broken' });

    await expect(reconcileRuns(world.deps, ['broken', 'contoso'])).rejects.toThrow('planted');
    expect(world.queue.take(SWEEPS)).toEqual(world.message);
  });
});

describe('a worker that finds another dead', () => {
  it('hands the run over to a new message each time something had been saved, so that no message is given too often', async () => {
    const world = await SweepWorld.withKeys(3);
    const crash = () => world.sweep({ budgetMs: 0 }).then(() => world.queue.take(SWEEPS));
    await crash();
    world.state.documents.forEach((document, address) => {
      if (address.startsWith('run/')) {
        const text = document.text.replace('"state":"paused"', '"state":"running"');
        world.state.documents.set(address, { ...document, text });
      }
    });

    const found = await world.sweep();
    const message = world.queue.take(SWEEPS);

    expect(found.status).toBe('handed-over');
    expect(message).toEqual({ ...world.message, part: 1 });
    expect((await world.sweep({}, { ...world.message, part: 1 })).status).toBe('ended');
  });
});
