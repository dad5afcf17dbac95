/** Starts a run over every HSM by one message each; whoever takes the message does the work. */
import type { Clock, Logger, WorkQueue } from '../../core/ports.ts';
import { type RetryPolicy, withRetries } from '../../core/retry.ts';
import type { SweepMessage } from './message.ts';

/** What starting runs needs. */
export interface StartRunsDeps {
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Who started a run; part of its identifier. */
export type RunTrigger = 'nightly' | 'manual' | 'change' | 'verify';

/**
 * Sends one message per HSM and returns the run's identifier. Repeats what may pass, for the host fires a timer only once.
 * Fails with storage codes when a message could not be sent; all others have been.
 */
export async function startRuns(
  deps: StartRunsDeps,
  hsms: readonly string[],
  trigger: RunTrigger,
  retry: RetryPolicy,
  signal: AbortSignal,
): Promise<string> {
  const runId = runIdentifier(deps.clock.now(), trigger);
  const sent = await Promise.allSettled(
    hsms.map((hsm) => {
      const message: SweepMessage = { kind: 'sweep', hsm, runId };
      return withRetries(() => deps.queue.send('hsm-sweeps', message), deps.clock, retry, signal);
    }),
  );
  const failures = sent.filter((outcome) => outcome.status === 'rejected');
  deps.logger.info('runs started', { runId, hsms: hsms.length - failures.length });
  for (const { reason } of failures) throw reason;
  return runId;
}

/** `20261124T020000Z-nightly`: sorts by time, and is the same for one firing that is repeated within its second. */
export function runIdentifier(now: number, trigger: RunTrigger): string {
  // biome-ignore lint/style/noRestrictedGlobals: a Date of a given time, not the clock
  const iso = new Date(now).toISOString();
  return `${iso.slice(0, 19).replaceAll(/[-:]/g, '')}Z-${trigger}`;
}
