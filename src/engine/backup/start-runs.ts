/** Starts a run over every HSM by one message each; whoever takes the message does the work. */
import type { Clock, Logger, WorkQueue } from '../ports.ts';
import type { SweepMessage } from './message.ts';

/** What starting runs needs. */
export interface StartRunsDeps {
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Who started a run; part of its identifier. */
export type RunTrigger = 'nightly' | 'manual' | 'change' | 'verify';

/** Sends one message per HSM and returns the run's identifier. Fails with storage codes; then the caller is to repeat it whole. */
export async function startRuns(
  deps: StartRunsDeps,
  hsms: readonly string[],
  trigger: RunTrigger,
): Promise<string> {
  const runId = runIdentifier(deps.clock.now(), trigger);
  for (const hsm of hsms) {
    const message: SweepMessage = { kind: 'sweep', hsm, runId };
    await deps.queue.send('hsm-sweeps', message);
  }
  deps.logger.info('runs started', { runId, hsms: hsms.length });
  return runId;
}

/** `20261124T020000Z-nightly`: sorts by time, and is the same for one firing that is repeated within its second. */
export function runIdentifier(now: number, trigger: RunTrigger): string {
  // biome-ignore lint/style/noRestrictedGlobals: a Date of a given time, not the clock
  const iso = new Date(now).toISOString();
  return `${iso.slice(0, 19).replaceAll(/[-:]/g, '')}Z-${trigger}`;
}
