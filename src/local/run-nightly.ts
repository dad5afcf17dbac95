/** Runs the nightly backup now, through the app's own timer and queue, and waits for the record of every HSM's run. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { systemClock } from '../adapters/system/system-clock.ts';
import { hasEnded, RunSummary } from '../features/backup/run-record.ts';

/** What it takes of the host of the app. */
export interface NightlyHost {
  invoke(
    name: string,
  ): Promise<{ readonly status: 'succeeded' } | { readonly status: 'failed'; readonly error: unknown }>;
  tick(): Promise<void>;
}

/** What is reported while it runs: the keys dealt with so far, by HSM. */
export type OnProgress = (done: ReadonlyMap<string, number>) => void;

/** The channel on which the composition root publishes the records of sweeps. */
const CHANNEL = 'hsm-warden.sweep';

/** Fails when the timer fails, when a sweep has not ended after `timeoutMs`, and when `signal` is aborted, with its reason. */
export async function runNightly(
  host: NightlyHost,
  hsms: readonly string[],
  onProgress: OnProgress,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<readonly RunSummary[]> {
  signal?.throwIfAborted();
  const begunAt = systemClock.now();
  const latest = new Map<string, RunSummary>();
  const finished = Promise.withResolvers<void>();
  const hear = (message: unknown) => {
    const run = RunSummary.parse(message);
    // The message of an earlier start that was killed may still be in the queue: its end says nothing of this run.
    if (run.startedAt < begunAt) return;
    latest.set(run.hsm, run);
    onProgress(new Map([...latest].map(([hsm, { counts }]) => [hsm, counts.keys])));
    if (hsms.every((hsm) => hasEndedOn(latest, hsm))) finished.resolve();
  };
  subscribe(CHANNEL, hear);
  // It may be rejected before anybody waits for it.
  finished.promise.catch(() => undefined);
  const giveUp = () => finished.reject(signal?.reason);
  signal?.addEventListener('abort', giveUp, { once: true });
  const timer = setTimeout(
    () => finished.reject(new Error('the nightly run did not end in time')),
    timeoutMs,
  );
  try {
    const started = await host.invoke('nightlyBackup');
    if (started.status === 'failed') throw started.error;
    await host.tick();
    await finished.promise;
    return hsms.flatMap((hsm) => latest.get(hsm) ?? []);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
    unsubscribe(CHANNEL, hear);
  }
}

function hasEndedOn(latest: ReadonlyMap<string, RunSummary>, hsm: string): boolean {
  const run = latest.get(hsm);
  return run !== undefined && hasEnded(run);
}
