import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { startRuns } from '../../../src/features/backup/start-runs.ts';
import { SweepWorld } from '../../support/sweep-world.ts';

const HSMS = ['contoso', 'fabrikam', 'tailspin'];

function start(world: SweepWorld) {
  return startRuns({ ...world.deps, signal: new AbortController().signal }, HSMS, 'nightly');
}

function hsmsAsked(world: SweepWorld): unknown[] {
  return world.queue.waiting.map(({ text }) => JSON.parse(text).hsm);
}

describe('the start of the runs', () => {
  it('sends one message for each HSM, all of one run', async () => {
    const world = await SweepWorld.withKeys(0);

    const runId = await start(world);

    expect(world.queue.waiting.map(({ text }) => JSON.parse(text))).toEqual(
      HSMS.map((hsm) => ({ kind: 'sweep', hsm, runId })),
    );
  });

  it('repeats a message that the queue would not take: the host fires a timer once', async () => {
    const world = await SweepWorld.withKeys(0);
    world.queue.faults.fail('send', new WardenError('storage-unavailable', { message: 'planted' }));

    await start(world);

    expect(hsmsAsked(world).sort()).toEqual(HSMS);
  });

  it('starts the run of every other HSM when one message cannot be sent, and fails', async () => {
    const world = await SweepWorld.withKeys(0);
    world.queue.faults.fail('send', new WardenError('storage-forbidden', { message: 'planted' }));

    await expect(start(world)).rejects.toMatchObject({ code: 'storage-forbidden' });

    expect(hsmsAsked(world)).toEqual(['fabrikam', 'tailspin']);
  });

  it('notes the begin of every run before it sends the first message, and of many HSMs at the same time', async () => {
    const world = await SweepWorld.withKeys(0);
    const many = Array.from({ length: 64 }, (_, index) => `hsm-${index}`);
    const { state } = world.deps;
    const write = state.write.bind(state);
    const seen = { writing: 0, most: 0, sent: 0 };
    state.write = async (...args) => {
      seen.writing += 1;
      seen.most = Math.max(seen.most, seen.writing);
      seen.sent = world.queue.waiting.length;
      await setImmediate();
      const etag = await write(...args);
      seen.writing -= 1;
      return etag;
    };

    await startRuns({ ...world.deps, signal: new AbortController().signal }, many, 'nightly');

    expect(seen).toEqual({ writing: 0, most: 16, sent: 0 });
    expect(world.queue.waiting).toHaveLength(many.length);
  });
});
