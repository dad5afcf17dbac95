/** The port through which events leave the product. */
import type { WardenEvent } from './event.ts';

/** Publishes events to a topic. */
export interface EventPublisher {
  /**
   * Resolves when the topic has accepted every event, handed over in the order given. When it fails, a first part may
   * have been accepted: publish all again, receivers know a repeat by its id.
   *
   * Fails with `topic-unreachable`, `topic-throttled`, `topic-unavailable`, `topic-forbidden`,
   * or `topic-refused` (the topic will never take one of these events as they are).
   */
  publish(events: readonly WardenEvent[], signal?: AbortSignal): Promise<void>;
}
