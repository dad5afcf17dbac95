/** Where events go: to the log, where alert rules read them, and to the topic of the settings. */
import type { EventGridPublisher } from '../adapters/events/event-grid-publisher.ts';
import { LogPublisher } from '../adapters/events/log-publisher.ts';
import type { EventPublisher } from '../core/events/publisher.ts';
import type { Logger } from '../core/ports.ts';
import { CloudEventNotifier } from '../features/recovery/cloud-event.ts';
import type { RecoveryNotifier } from '../features/recovery/model/ports.ts';

/** The publisher for one call. The log comes first: alert rules must speak up above all when the topic does not. */
export function publisherOf(topic: EventGridPublisher | undefined, logger: Logger): EventPublisher {
  const log = new LogPublisher(logger);
  if (topic === undefined) return log;
  return {
    publish: async (events, signal) => {
      await log.publish(events);
      await topic.publish(events, signal);
    },
  };
}

/** As {@link publisherOf}, for the events of the recovery. */
export function notifierOf(topic: EventGridPublisher | undefined, logger: Logger): RecoveryNotifier {
  return new CloudEventNotifier(async (event) => {
    const { id, type, subject, time, data } = event;
    logger.info('event', { id, type, subject, eventTime: time, ...data });
    await topic?.publish([event]);
  });
}
