/**
 * Composes the event bus: events are written to the log, where alert rules read them, and go to the topic of the settings and
 * to the notifications, where the settings name channels.
 */
import type { TokenCredential } from '@azure/core-auth';
import { EventGridSink, topicCredential } from '../adapters/events/event-grid-sink.ts';
import { LogSink } from '../adapters/events/log-sink.ts';
import { definedOnly } from '../core/defined-only.ts';
import { EventBus } from '../core/events/bus.ts';
import { severityRule } from '../core/events/define-event.ts';
import type { EventSink } from '../core/events/sink.ts';
import type { Clock, WorkQueue } from '../core/ports.ts';
import { NotifySink } from '../features/notify/sink.ts';
import type { Config } from './config/config.ts';
import { EVENTS } from './events.ts';

/** How much an event matters. */
export const SEVERITY_OF = severityRule(EVENTS);

/** What the bus needs besides the settings. */
interface BusParts {
  readonly identity: TokenCredential;
  readonly clock: Clock;
  /** PEM of the certificate authorities to trust in place of the usual ones. */
  readonly caPem: string | undefined;
  /** The queue of the notifications; undefined where nobody is notified. */
  readonly notifications: WorkQueue | undefined;
}

/** The bus of a process. The log needs no topic to be there: it must speak up above all when that does not answer. */
export function composeBus({ topicUrl, topicKey }: Config, parts: BusParts): EventBus {
  const { identity, clock, caPem, notifications } = parts;
  const sinks: EventSink[] = [new LogSink(SEVERITY_OF)];
  if (notifications !== undefined) sinks.push(new NotifySink(notifications));
  if (topicUrl === undefined) return new EventBus(sinks, clock);
  const credential = topicCredential(identity, topicKey);
  const topic = new EventGridSink({ url: topicUrl, credential, clock, ...definedOnly({ caPem }) });
  return new EventBus([...sinks, topic], clock);
}
