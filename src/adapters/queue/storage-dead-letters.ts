/** What the host set aside: the messages in the poison queues beside the product's own, to be seen and sent again. */
import type { DequeuedMessageItem, QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { isWardenError } from '../../core/errors.ts';
import type { Clock, DeadLetter, DeadLetters } from '../../core/ports.ts';
import { inTime } from '../http/call-limits.ts';
import { translateStorageError } from '../http/translate-storage-error.ts';
import { AT_ONCE, fromStorage } from './from-storage.ts';

/** Batches read for one message: more than this lie in no poison queue that anybody reads. */
const BATCHES = 32;
/** For so long a message is hidden while another is searched for, in seconds. */
const HIDDEN_SECONDS = 60;

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

  async retry({ queue, id }: Pick<DeadLetter, 'queue' | 'id'>): Promise<boolean> {
    const poison = this.#client(`${queue}-poison`);
    const passed: DequeuedMessageItem[] = [];
    try {
      for (let batch = 0; batch < BATCHES; batch += 1) {
        const items = await this.#take(queue, poison);
        const found = items.find(({ messageId }) => messageId === id);
        passed.push(...items.filter((item) => item !== found));
        if (found !== undefined) {
          await this.#sendAgain(queue, poison, found);
          return true;
        }
        if (items.length === 0) return false;
      }
      return false;
    } finally {
      for (const item of passed) await this.#show(queue, poison, item);
    }
  }

  async retryAll(queue: string): Promise<number> {
    const poison = this.#client(`${queue}-poison`);
    const { approximateMessagesCount = 0 } = await this.#propertiesOf(queue, poison);
    let sent = 0;
    // What fails again at once comes back behind the others: it is not sent a second time.
    while (sent < approximateMessagesCount) {
      const items = (await this.#take(queue, poison)).slice(0, approximateMessagesCount - sent);
      if (items.length === 0) return sent;
      for (const item of items) await this.#sendAgain(queue, poison, item);
      sent += items.length;
    }
    return sent;
  }

  /** How many there are; none where the host has not made the queue yet. */
  async #propertiesOf(
    queue: string,
    poison: QueueClient,
  ): Promise<{ readonly approximateMessagesCount?: number }> {
    try {
      return await this.#call(`look into the queue ${queue}-poison`, async (abortSignal) =>
        fromStorage(await poison.getProperties({ abortSignal }), `${queue}-poison`),
      );
    } catch (error) {
      if (isWardenError(error, 'blob-missing')) return {};
      throw error;
    }
  }

  /** The next messages, hidden for a while; none where the host has not made the queue yet: it does when it sets the first aside. */
  async #take(queue: string, poison: QueueClient): Promise<readonly DequeuedMessageItem[]> {
    try {
      return await this.#call(`read the queue ${queue}-poison`, async (abortSignal) => {
        const settings = { numberOfMessages: AT_ONCE, visibilityTimeout: HIDDEN_SECONDS, abortSignal };
        return fromStorage(await poison.receiveMessages(settings), `${queue}-poison`).receivedMessageItems;
      });
    } catch (error) {
      if (isWardenError(error, 'blob-missing')) return [];
      throw error;
    }
  }

  /** Sent first, deleted second: killed in between, it is there twice, and every message of the product may come twice. */
  async #sendAgain(queue: string, poison: QueueClient, item: DequeuedMessageItem): Promise<void> {
    await this.#call(`send a message to the queue ${queue} again`, (abortSignal) =>
      this.#client(queue).sendMessage(item.messageText, { abortSignal }),
    );
    await this.#call(`delete a message from the queue ${queue}-poison`, (abortSignal) =>
      poison.deleteMessage(item.messageId, item.popReceipt, { abortSignal }),
    );
  }

  /** A message that stays hidden for a minute is no loss. */
  async #show(
    queue: string,
    poison: QueueClient,
    { messageId, popReceipt }: DequeuedMessageItem,
  ): Promise<void> {
    await this.#call(`give back a message of the queue ${queue}-poison`, (abortSignal) =>
      poison.updateMessage(messageId, popReceipt, undefined, 0, { abortSignal }),
    ).catch(() => undefined);
  }

  async #listOf(queue: string): Promise<readonly DeadLetter[]> {
    try {
      const answer = await this.#call(`look into the queue ${queue}-poison`, (abortSignal) =>
        this.#client(`${queue}-poison`).peekMessages({ numberOfMessages: AT_ONCE, abortSignal }),
      );
      const { peekedMessageItems } = fromStorage(answer, `${queue}-poison`);
      return peekedMessageItems.map(({ messageId, insertedOn, messageText }) => ({
        queue,
        id: messageId,
        setAsideAt: insertedOn.getTime(),
        message: contentOf(messageText),
      }));
    } catch (error) {
      // The host makes the queue when it sets the first message aside.
      if (isWardenError(error, 'blob-missing')) return [];
      throw error;
    }
  }

  #client(name: string): QueueClient {
    return this.#options.service.getQueueClient(name);
  }

  async #call<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await inTime(undefined, work);
    } catch (error) {
      const meanings = { QueueNotFound: 'blob-missing' } as const;
      throw translateStorageError(error, { what, meanings }, this.#options.clock.now());
    }
  }
}

/** The message as it was sent; as it is, when it is no base64 of JSON: a queue can hold anything. */
function contentOf(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
  } catch {
    return text;
  }
}
