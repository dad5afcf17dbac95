/** Events as lines in the log, which alert rules can read: whether or not there is a topic. */
import type { CloudEvent } from '../../core/events/cloud-event.ts';
import type { Severity } from '../../core/events/severity.ts';
import type { EventSink, HandOver } from '../../core/events/sink.ts';

/** Writes each event to the log of whoever has it to report, and calls that acceptance. */
export class LogSink implements EventSink {
  readonly name = 'log';
  readonly #severityOf: (event: CloudEvent) => Severity;

  constructor(severityOf: (event: CloudEvent) => Severity) {
    this.#severityOf = severityOf;
  }

  async accept(events: readonly CloudEvent[], { logger }: HandOver): Promise<void> {
    for (const event of events) {
      const { id, type, subject, time, data } = event;
      const fields = { id, type, subject, eventTime: time, ...data };
      const severity = this.#severityOf(event);
      if (severity === 'info' || severity === 'notice') logger.info('event', fields);
      else logger.warn('event', fields);
    }
  }
}
