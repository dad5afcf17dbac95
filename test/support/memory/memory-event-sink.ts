/** A receiver of events in memory: it keeps what it accepted, in order, repeats included, and finds out an id of two meanings. */
import { isDeepStrictEqual } from 'node:util';
import type { CloudEvent } from '../../../src/core/events/cloud-event.ts';
import type { EventSink, HandOver } from '../../../src/core/events/sink.ts';
import { throwIfAborted } from './abort.ts';
import { Faults } from './faults.ts';

/** An {@link EventSink} that lives as long as its object. It throws when an id comes again with another content. */
export class MemoryEventSink implements EventSink {
  readonly name: string;
  readonly accepted: CloudEvent[] = [];
  /** The subject of a fault is the type of the first event of a call. A fault of `answer` meets what was accepted. */
  readonly faults = new Faults<'accept' | 'answer'>();

  constructor(name = 'memory') {
    this.name = name;
  }

  async accept(events: readonly CloudEvent[], { signal }: Pick<HandOver, 'signal'>): Promise<void> {
    throwIfAborted(signal);
    await this.faults.meet('accept', events[0]?.type ?? '');
    for (const event of events) this.#keep(structuredClone(event));
    await this.faults.meet('answer', events[0]?.type ?? '');
  }

  #keep(event: CloudEvent): void {
    const before = this.accepted.find(({ id }) => id === event.id);
    if (before !== undefined && !isDeepStrictEqual(meaning(before), meaning(event))) {
      throw new Error(
        `one event id with two meanings: ${JSON.stringify(before)} and ${JSON.stringify(event)}`,
      );
    }
    this.accepted.push(event);
  }

  /** How often each id was accepted. */
  get counts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { id } of this.accepted) counts.set(id, (counts.get(id) ?? 0) + 1);
    return counts;
  }
}

/** All that an event says but when it was noticed: what is noticed again after a stop has the id of the first time. */
function meaning({ time: _, data, ...rest }: CloudEvent): object {
  return { ...rest, data: { ...data, noticedAt: undefined } };
}
