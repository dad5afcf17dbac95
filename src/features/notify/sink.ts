/** The event bus's way to the notifications: every event goes into their queue, from where it cannot be lost. */

import { isWardenError, WardenError, type WardenErrorCode } from '../../core/errors.ts';
import type { CloudEvent } from '../../core/events/cloud-event.ts';
import type { EventSink, HandOver } from '../../core/events/sink.ts';
import type { WorkQueue } from '../../core/ports.ts';
import { NOTIFICATIONS, NotifyMessage } from './model/queues.ts';

/** Of the 48 KiB of JSON that a message of a queue holds. */
const MOST_BYTES = 40_000;

/** What the bus knows of the failures of a queue. */
const CODES: Readonly<Partial<Record<WardenErrorCode, WardenErrorCode>>> = {
  'storage-unreachable': 'topic-unreachable',
  'storage-throttled': 'topic-throttled',
  'storage-unavailable': 'topic-unavailable',
  'storage-token-unavailable': 'topic-token-unavailable',
  'storage-forbidden': 'topic-forbidden',
  'storage-refused': 'topic-forbidden',
  'message-invalid': 'topic-refused',
};

/** Puts events into the queue of the notifications, several in a message, in order. */
export class NotifySink implements EventSink {
  readonly name = 'notifications';
  readonly #queue: WorkQueue;

  constructor(queue: WorkQueue) {
    this.#queue = queue;
  }

  async accept(events: readonly CloudEvent[], { signal }: HandOver): Promise<void> {
    for (const batch of batchesOf(events)) {
      signal?.throwIfAborted();
      try {
        await this.#queue.send(NOTIFICATIONS, NotifyMessage.parse({ kind: 'events', events: batch }));
      } catch (error) {
        throw translated(error);
      }
    }
  }
}

function batchesOf(events: readonly CloudEvent[]): CloudEvent[][] {
  const batches: CloudEvent[][] = [];
  let size = 0;
  for (const event of events) {
    const bytes = new TextEncoder().encode(JSON.stringify(event)).length;
    const last = batches.at(-1);
    if (last === undefined || size + bytes > MOST_BYTES) {
      batches.push([event]);
      size = bytes;
    } else {
      last.push(event);
      size += bytes;
    }
  }
  return batches;
}

function translated(error: unknown): unknown {
  const code = isWardenError(error) ? CODES[error.code] : undefined;
  if (code === undefined || !isWardenError(error)) return error;
  return new WardenError(code, {
    message: `The queue of the notifications took no events: ${error.message}`,
    ...(error.advice === undefined ? {} : { advice: error.advice }),
    ...(error.reason === undefined ? {} : { reason: error.reason }),
    cause: error,
  });
}
