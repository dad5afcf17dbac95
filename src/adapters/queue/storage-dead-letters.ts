/** What the host set aside: the messages in the poison queues beside the product's own, to be seen and sent again. */
import type { DequeuedMessageItem, PeekedMessageItem, QueueServiceClient } from '@azure/storage-queue';
import type { Clock, DeadLetter, DeadLetters } from '../../core/ports.ts';
import { AT_ONCE } from './from-storage.ts';
import { callQueue, PoisonQueue } from './poison-queue.ts';

/** What {@link StorageDeadLetters} works with. */
export interface StorageDeadLettersOptions {
  readonly service: QueueServiceClient;
  readonly clock: Clock;
  /** The names of the product's queues. */
  readonly queues: readonly string[];
}

/** {@link DeadLetters} in `{queue}-poison`, where the official host puts them. */
export class StorageDeadLetters implements DeadLetters {
  readonly #options: StorageDeadLettersOptions;

  constructor(options: StorageDeadLettersOptions) {
    this.#options = options;
  }

  async list(): Promise<readonly DeadLetter[]> {
    const lists = await Promise.all(this.#options.queues.map((queue) => this.#listOf(queue)));
    return lists.flat();
  }

  retry({ queue, id }: Pick<DeadLetter, 'queue' | 'id'>): Promise<boolean> {
    const poison = this.#poison(queue);
    return poison.search(async (items) => {
      const found = items.find(({ messageId }) => messageId === id);
      if (found !== undefined) await this.#sendAgain(queue, poison, found);
      return found;
    });
  }

  async retryAll(queue: string): Promise<number> {
    const poison = this.#poison(queue);
    const count = await poison.count();
    let sent = 0;
    // What fails again at once comes back behind the others: it is not sent a second time.
    while (sent < count) {
      const items = (await poison.take()).slice(0, count - sent);
      if (items.length === 0) return sent;
      for (const item of items) await this.#sendAgain(queue, poison, item);
      sent += items.length;
    }
    return sent;
  }

  /** Sent first, deleted second: killed in between, it is there twice, and every message of the product may come twice. */
  async #sendAgain(queue: string, poison: PoisonQueue, item: DequeuedMessageItem): Promise<void> {
    const { service, clock } = this.#options;
    await callQueue(`send a message to the queue ${queue} again`, clock, (abortSignal) =>
      service.getQueueClient(queue).sendMessage(item.messageText, { abortSignal }),
    );
    await poison.delete(item);
  }

  /** Those that the service shows without touching them, or, where it may not have shown all, every one. */
  async #listOf(queue: string): Promise<readonly DeadLetter[]> {
    const poison = this.#poison(queue);
    const shown = await poison.peek();
    const letters = new Map(shown.map((item) => [item.messageId, toLetter(queue, item)]));
    if (shown.length < AT_ONCE) return [...letters.values()];
    await poison.search(async (items) => {
      for (const item of items) letters.set(item.messageId, toLetter(queue, item));
      return undefined;
    });
    return [...letters.values()];
  }

  #poison(queue: string): PoisonQueue {
    const { service, clock } = this.#options;
    const name = `${queue}-poison`;
    return new PoisonQueue(name, service.getQueueClient(name), clock);
  }
}

function toLetter(
  queue: string,
  { messageId, insertedOn, messageText }: DequeuedMessageItem | PeekedMessageItem,
): DeadLetter {
  return { queue, id: messageId, setAsideAt: insertedOn.getTime(), message: contentOf(messageText) };
}

/** The message as it was sent; as it is, when it is no base64 of JSON: a queue can hold anything. */
function contentOf(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
  } catch {
    return text;
  }
}
