/** Starts a run over every HSM by one message each; whoever takes the message does the work. */
import { mapConcurrently } from '../../core/concurrency.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { type SendDeps, sendForEach } from '../../core/each-hsm.ts';
import type { Logger } from '../../core/ports.ts';
import { epochOf } from '../../core/time.ts';
import { noteRunBegin } from './open-run.ts';
import { SWEEPS } from './queues.ts';

/** The first message is sent when all begins are noted: of hundreds of HSMs that must take seconds. */
const NOTES_AT_ONCE = 16;

/** What starting runs needs. */
export interface StartRunsDeps extends SendDeps {
  readonly state: DocumentStore;
  readonly logger: Logger;
}

/** Who started a run; part of its identifier. */
export type RunTrigger = 'nightly' | 'manual' | 'change' | 'verify' | 'drill';

/** Sends one message per HSM and returns the run's identifier. Fails with storage codes when one could not be sent. */
export async function startRuns(
  deps: StartRunsDeps,
  hsms: readonly string[],
  trigger: RunTrigger,
): Promise<string> {
  const runId = runIdentifier(deps.clock.now(), trigger);
  await mapConcurrently(hsms, NOTES_AT_ONCE, async (hsm) => {
    try {
      await noteRunBegin(deps.state, hsm, runId, deps.clock.now());
    } catch (error) {
      // Its worker notes it again; the run is not to wait for that.
      deps.logger.warn('the begin of a run could not be noted', { hsm, runId, error });
    }
  });
  await sendForEach(deps, SWEEPS, hsms, (hsm) => ({ kind: 'sweep', hsm, runId }));
  deps.logger.info('runs started', { runId, hsms: hsms.length });
  return runId;
}

/** `20261124T020000Z-nightly`: sorts by time, and is the same for one firing that is repeated within its second. */
export function runIdentifier(now: number, trigger: RunTrigger): string {
  // biome-ignore lint/style/noRestrictedGlobals: a Date of a given time, not the clock
  const iso = new Date(now).toISOString();
  return `${iso.slice(0, 19).replaceAll(/[-:]/g, '')}Z-${trigger}`;
}

/** When the run of this identifier was started, epoch milliseconds; undefined for an identifier that nobody here has made. */
export function runBeganAt(runId: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/.exec(runId);
  if (parts === null) return undefined;
  const [, year, month, day, ...time] = parts;
  const at = epochOf(`${year}-${month}-${day}T${time.join(':')}Z`);
  return Number.isNaN(at) ? undefined : at;
}
