/** Composes the event bus: events are written to the log, where alert rules read them, and go to the topic of the settings. */
import type { TokenCredential } from '@azure/core-auth';
import { EventGridSink } from '../adapters/events/event-grid-sink.ts';
import { LogSink } from '../adapters/events/log-sink.ts';
import { topicCredential } from '../adapters/events/topic-credential.ts';
import { definedOnly } from '../core/defined-only.ts';
import { EventBus } from '../core/events/bus.ts';
import { severityRule } from '../core/events/define-event.ts';
import type { Clock } from '../core/ports.ts';
import type { Config } from './config/config.ts';
import { EVENTS } from './events.ts';

/** What the bus needs besides the settings. */
interface BusParts {
  readonly identity: TokenCredential;
  readonly clock: Clock;
  /** PEM of the certificate authorities to trust in place of the usual ones. */
  readonly caPem: string | undefined;
}

/** The bus of a process. The log needs no topic to be there: it must speak up above all when that does not answer. */
export function composeBus({ topicUrl, topicKey }: Config, parts: BusParts): EventBus {
  const { identity, clock, caPem } = parts;
  const log = new LogSink(severityRule(EVENTS));
  if (topicUrl === undefined) return new EventBus([log], clock);
  const credential = topicCredential(identity, topicKey);
  const topic = new EventGridSink({ url: topicUrl, credential, clock, ...definedOnly({ caPem }) });
  return new EventBus([log, topic], clock);
}
