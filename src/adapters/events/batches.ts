/** Cuts events into batches that a topic takes. */
import { WardenError } from '../../core/errors.ts';
import type { CloudEvent } from '../../core/events/cloud-event.ts';

/**
 * Event Grid takes 1 MB a request and an event (https://learn.microsoft.com/azure/event-grid/quotas-limits); a tenth is
 * left for what the client adds.
 */
const MAX_BATCH_BYTES = 900_000;

/** The events in the order given, in as few batches as hold them. Fails with `topic-refused` for an event too large. */
export function toBatches(
  events: readonly CloudEvent[],
  maxBytes: number = MAX_BATCH_BYTES,
): readonly (readonly CloudEvent[])[] {
  const batches: CloudEvent[][] = [];
  let room = 0;
  for (const event of events) {
    const bytes = Buffer.byteLength(JSON.stringify(event)) + 1;
    if (bytes > maxBytes) {
      throw new WardenError('topic-refused', {
        message: `The event ${event.id} (${event.type}) has ${bytes} bytes, a topic takes ${maxBytes}.`,
      });
    }
    const last = batches.at(-1);
    if (last === undefined || bytes > room) {
      batches.push([event]);
      room = maxBytes - bytes;
    } else {
      last.push(event);
      room -= bytes;
    }
  }
  return batches;
}
