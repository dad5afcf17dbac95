/** The product's queues in memory, with visibility by the clock given. */
import { WardenError } from '../../../src/core/errors.ts';
import type { Clock, WorkQueue } from '../../../src/core/ports.ts';
import type { Queue } from '../../../src/core/queue.ts';
import { Faults } from './faults.ts';

/** A storage queue message holds 64 KiB as base64, so 48 KiB of JSON. https://learn.microsoft.com/azure/storage/queues/scalability-targets */
const MAX_JSON_BYTES = 48 * 1024;

/** A message as it waits. */
export interface WaitingMessage {
  readonly queue: string;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly visibleAt: number;
}

/** A {@link WorkQueue} that lives as long as its object. */
export class MemoryWorkQueue implements WorkQueue {
  readonly waiting: WaitingMessage[] = [];
  readonly faults = new Faults<'send'>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async send<Message>({ name: queue }: Queue<Message>, message: Message, delaySeconds = 0): Promise<void> {
    await this.faults.meet('send', queue);
    const text = JSON.stringify(message);
    if (Buffer.byteLength(text) > MAX_JSON_BYTES) {
      throw new WardenError('message-invalid', {
        message: `A message to ${queue} is larger than a queue can hold.`,
      });
    }
    this.waiting.push({ queue, text, visibleAt: this.#clock.now() + delaySeconds * 1000 });
  }

  /** Takes the next visible message of `queue` and returns its content, or undefined when there is none. */
  take({ name: queue }: Pick<Queue, 'name'>): unknown {
    const place = this.waiting.findIndex((m) => m.queue === queue && m.visibleAt <= this.#clock.now());
    if (place === -1) return undefined;
    const [message] = this.waiting.splice(place, 1);
    return message === undefined ? undefined : JSON.parse(message.text);
  }
}
