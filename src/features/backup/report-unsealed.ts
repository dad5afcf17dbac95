/** Reports backups that a run could not seal: once for each run. */
import type { EventBus } from '../../core/events/bus.ts';
import type { Logger } from '../../core/ports.ts';
import { unsealedEvent } from './events.ts';
import type { SweepResult } from './sweep.ts';

/** What reporting needs. */
export interface ReportDeps {
  readonly bus: Pick<EventBus, 'sendOnce'>;
  readonly logger: Logger;
}

/**
 * Looks at a run that has ended, also one that had ended before: whoever ended it may have died before the report. It fails with
 * what the topic fails with, so that the queue gives the message again.
 */
export async function reportUnsealed({ bus, logger }: ReportDeps, result: SweepResult): Promise<void> {
  if (result.status !== 'ended' && result.status !== 'already-ended') return;
  const { hsm, runId, troubles = {}, startedAt, endedAt = startedAt } = result.run;
  // In the order of the keys: whoever reports the run says the same.
  const unsealed = Object.entries(troubles)
    .filter(([, { error }]) => error?.code === 'seal-unavailable')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const reason = unsealed[0]?.[1].error?.message;
  if (reason === undefined) return;
  const keys = unsealed.map(([key]) => key);
  logger.error('backups could not be sealed', { hsm, count: keys.length, reason });
  await bus.sendOnce([unsealedEvent({ hsm, runId, keys, at: endedAt, reason })], { logger });
}
