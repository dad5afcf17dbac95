/** Whether a scan that was asked for has been made meanwhile: after an outage the queue holds many, and one answers them all. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import type { Clock, Logger } from '../../core/ports.ts';
import { CLOCK_SKEW_MS } from '../../core/time.ts';
import type { ScanMessage } from './model/message.ts';
import { readWatchState } from './model/watch-state.ts';

/** The clocks of two instances differ by less. */
const APART_MS = CLOCK_SKEW_MS;

interface AnsweredDeps {
  readonly state: DocumentStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Whether a scan that saw every key began after the request was sent. One that carries signals is never answered, for no scan may
 * know them; nor is one by a scan of the future: whoever can write that time could have no scan made any more. Fails with
 * `state-corrupt` or a storage code.
 */
export async function isAnswered(deps: AnsweredDeps, { hsm, at, signals }: ScanMessage): Promise<boolean> {
  if (at === undefined || signals !== undefined) return false;
  const { lookBeganAt } = await readWatchState(deps.state, hsm, deps.signal);
  if (lookBeganAt === undefined || lookBeganAt <= at + APART_MS || lookBeganAt > deps.clock.now())
    return false;
  deps.logger.info('a later scan has answered this request', { hsm, at, lookBeganAt });
  return true;
}
