/** Events for whoever has no topic: each is a line in the log, which alert rules can read. */
import type { WardenEvent } from '../../core/events/event.ts';
import type { EventPublisher } from '../../core/events/publisher.ts';
import type { Logger } from '../../core/ports.ts';

/** Writes each event to the log and calls that acceptance. */
export class LogPublisher implements EventPublisher {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  async publish(events: readonly WardenEvent[]): Promise<void> {
    for (const { id, type, subject, time, data } of events) {
      const fields = { id, type, subject, eventTime: time, ...data };
      if (data.severity === 'info' || data.severity === 'notice') this.#logger.info('event', fields);
      else this.#logger.warn('event', fields);
    }
  }
}
