/** The port through which events leave the product. */
import { isWardenError, type WardenError } from '../errors.ts';
import type { Logger } from '../ports.ts';
import type { CloudEvent } from './cloud-event.ts';

/** Under what events are handed over. */
export interface HandOver {
  /** The log of whoever has the events to report. */
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
}

/** One receiver of events: a topic, the log, a channel. */
export interface EventSink {
  /** Its name, unlike that of any other sink of the process. */
  readonly name: string;
  /**
   * Resolves when every event is accepted, handed over in the order given. When it fails, a first part may have been
   * accepted: all are to be handed over again, receivers know a repeat by its id.
   *
   * Fails with `topic-unreachable`, `topic-throttled`, `topic-unavailable`, `topic-token-unavailable`, `topic-forbidden`,
   * `topic-refused` (it will never take one of these events as they are), or `aborted`.
   */
  accept(events: readonly CloudEvent[], handOver: HandOver): Promise<void>;
}

/** Whether `error` says that events have to wait: the sink takes none now, whatever the reason, but has refused none for good. */
export function isSinkTrouble(error: unknown): error is WardenError {
  return isWardenError(
    error,
    'topic-unreachable',
    'topic-throttled',
    'topic-unavailable',
    'topic-token-unavailable',
    'topic-forbidden',
  );
}
