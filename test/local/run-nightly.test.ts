import { channel } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { noCounts, type RunSummary } from '../../src/features/backup/run-record.ts';
import { runNightly } from '../../src/local/run-nightly.ts';

/** The ended run of `hsm` that began at `startedAt`, as the app publishes it. */
function endedRun(hsm: string, runId: string, startedAt: number): RunSummary {
  const times = { startedAt, endedAt: startedAt + 1000 };
  const work = { parts: 1, retries: 0, throttles: 0, pace: { set: 8, last: 8 }, counts: noCounts() };
  return { format: 2, hsm, runId, state: 'succeeded', ...times, ...work };
}

/** A host whose queue gives out `runs`, one at a time. */
function hostWith(...runs: RunSummary[]) {
  return {
    invoke: async () => ({ status: 'succeeded' }) as const,
    tick: async () => {
      for (const run of runs) channel('hsm-warden.sweep').publish(run);
    },
  };
}

describe('the nightly run on a local host', () => {
  it('is not over when a run of an earlier start ends, whose message was still in the queue', async () => {
    const now = systemClock.now();
    const host = hostWith(endedRun('contoso', 'old', now - 60_000), endedRun('contoso', 'new', now + 60_000));

    const runs = await runNightly(host, ['contoso'], () => undefined, 5_000);

    expect(runs.map(({ runId }) => runId)).toEqual(['new']);
  });

  it('does not take the end of an earlier run for its own', async () => {
    const host = hostWith(endedRun('contoso', 'old', systemClock.now() - 60_000));

    await expect(runNightly(host, ['contoso'], () => undefined, 50)).rejects.toThrow('did not end in time');
  });

  it('ends when it is asked to, also before its timer has run', async () => {
    const asked = new AbortController();
    const reason = new Error('Ctrl-C');
    const host = {
      ...hostWith(),
      invoke: async () => {
        asked.abort(reason);
        // So long that a rejection nobody waits for would be noticed.
        await new Promise((resolve) => setImmediate(resolve));
        return { status: 'succeeded' } as const;
      },
    };

    await expect(runNightly(host, ['contoso'], () => undefined, 5_000, asked.signal)).rejects.toBe(reason);
  });
});
