/** Reports backups that could not be sealed: once a day for each HSM, by each process. */
import type { EventBus } from '../../core/events/bus.ts';
import type { Logger } from '../../core/ports.ts';
import { unsealedEvent } from './events.ts';
import type { RunSummary } from './run-record.ts';

/** What reporting needs. */
export interface ReportDeps {
  readonly bus: Pick<EventBus, 'sendOnce'>;
  readonly logger: Logger;
}

/** Looks at a run that has ended. It fails for nothing: the run record and the log have each such key in any case. */
export async function reportUnsealed(
  { bus, logger }: ReportDeps,
  { hsm, troubles = {}, startedAt, endedAt = startedAt }: RunSummary,
): Promise<void> {
  const unsealed = Object.entries(troubles).filter(([, { error }]) => error?.code === 'seal-unavailable');
  const reason = unsealed[0]?.[1].error?.message;
  if (reason === undefined) return;
  const keys = unsealed.map(([key]) => key);
  logger.error('backups could not be sealed', { hsm, count: keys.length, reason });
  try {
    await bus.sendOnce([unsealedEvent({ hsm, keys, at: endedAt, reason })], { logger });
  } catch (error) {
    logger.error('backups that could not be sealed could not be reported by an event', { hsm, error });
  }
}
