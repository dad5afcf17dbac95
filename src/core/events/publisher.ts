/** The port through which events leave the product. */
import { isWardenError, type WardenError } from '../errors.ts';
import type { WardenEvent } from './event.ts';

/** Whether `error` says that events have to wait: the topic takes none now, whatever the reason, but has refused none for good. */
export function isTopicTrouble(error: unknown): error is WardenError {
  return isWardenError(
    error,
    'topic-unreachable',
    'topic-throttled',
    'topic-unavailable',
    'topic-token-unavailable',
    'topic-forbidden',
  );
}

/** Publishes events to a topic. */
export interface EventPublisher {
  /**
   * Resolves when the topic has accepted every event, handed over in the order given. When it fails, a first part may
   * have been accepted: publish all again, receivers know a repeat by its id.
   *
   * Fails with `topic-unreachable`, `topic-throttled`, `topic-unavailable`, `topic-token-unavailable`, `topic-forbidden`,
   * or `topic-refused` (the topic will never take one of these events as they are).
   */
  publish(events: readonly WardenEvent[], signal?: AbortSignal): Promise<void>;
}
