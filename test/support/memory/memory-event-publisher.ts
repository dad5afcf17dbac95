/** A topic in memory: it keeps what it accepted, in order, repeats included. */

import { WardenEvent } from '../../../src/core/events/event.ts';
import type { EventPublisher } from '../../../src/core/events/publisher.ts';
import { throwIfAborted } from './abort.ts';
import { Faults } from './faults.ts';

/** An {@link EventPublisher} that lives as long as its object. */
export class MemoryEventPublisher implements EventPublisher {
  readonly accepted: WardenEvent[] = [];
  /** The subject of a fault is the id of the first event of a call. */
  readonly faults = new Faults<'publish'>();

  async publish(events: readonly WardenEvent[], signal?: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    await this.faults.meet('publish', events[0]?.id ?? '');
    this.accepted.push(...events.map((event) => WardenEvent.parse(structuredClone(event))));
  }

  /** What was accepted, each event once, without the heartbeats. */
  get told(): readonly WardenEvent[] {
    const once = new Map(this.accepted.map((event) => [event.id, event]));
    return [...once.values()].filter(({ type }) => type !== 'HsmWarden.Heartbeat');
  }
}
