/** A receiver of events in memory: it keeps what it accepted, in order, repeats included. */
import type { CloudEvent } from '../../../src/core/events/cloud-event.ts';
import type { EventSink, HandOver } from '../../../src/core/events/sink.ts';
import { throwIfAborted } from './abort.ts';
import { Faults } from './faults.ts';

/** An {@link EventSink} that lives as long as its object. */
export class MemoryEventSink implements EventSink {
  readonly name: string;
  readonly accepted: CloudEvent[] = [];
  /** The subject of a fault is the type of the first event of a call. */
  readonly faults = new Faults<'accept'>();

  constructor(name = 'memory') {
    this.name = name;
  }

  async accept(events: readonly CloudEvent[], { signal }: Pick<HandOver, 'signal'>): Promise<void> {
    throwIfAborted(signal);
    await this.faults.meet('accept', events[0]?.type ?? '');
    this.accepted.push(...structuredClone(events));
  }

  /** How often each id was accepted. */
  get counts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { id } of this.accepted) counts.set(id, (counts.get(id) ?? 0) + 1);
    return counts;
  }
}
