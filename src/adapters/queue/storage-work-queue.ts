/** The product's queues on Azure Storage, in the form in which the Functions host reads them. */
import type { QueueServiceClient } from '@azure/storage-queue';
import { isWardenError, WardenError } from '../../core/errors.ts';
import type { Clock, QueueLook, WaitingWork, WorkQueue } from '../../core/ports.ts';
import type { Queue } from '../../core/queue.ts';
import { inTime } from '../http/call-limits.ts';
import { translateStorageError } from '../http/translate-storage-error.ts';
import { AT_ONCE, fromStorage } from './from-storage.ts';

/** https://learn.microsoft.com/azure/storage/queues/scalability-targets */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** What a {@link StorageWorkQueue} works with. */
export interface StorageWorkQueueOptions {
  readonly service: QueueServiceClient;
  readonly clock: Clock;
  /** Whether to make a queue that is missing: for local use, where nothing has deployed it. */
  readonly createMissing?: boolean;
}

/** A {@link WorkQueue}; a queue's name in the account is its name here. */
export class StorageWorkQueue implements WorkQueue, QueueLook {
  readonly #service: QueueServiceClient;
  readonly #clock: Clock;
  readonly #createMissing: boolean;

  constructor(options: StorageWorkQueueOptions) {
    this.#service = options.service;
    this.#clock = options.clock;
    this.#createMissing = options.createMissing ?? false;
  }

  /** Sends base64 of the JSON, as the host expects by default. Fails with `message-invalid` above 64 KiB of base64. */
  async send<Message>({ name: queue }: Queue<Message>, message: Message, delaySeconds = 0): Promise<void> {
    const text = Buffer.from(JSON.stringify(message)).toString('base64');
    if (text.length > MAX_MESSAGE_BYTES) {
      throw new WardenError('message-invalid', {
        message: `A message to ${queue} is larger than a queue can hold.`,
      });
    }
    try {
      await this.#send(queue, text, delaySeconds);
    } catch (error) {
      if (!this.#createMissing || !isWardenError(error, 'blob-missing')) throw error;
      await this.#create(queue);
      await this.#send(queue, text, delaySeconds);
    }
  }

  async waitingIn({ name: queue }: Pick<Queue, 'name'>): Promise<WaitingWork | undefined> {
    const call = {
      what: `look into the queue ${queue}`,
      meanings: { QueueNotFound: 'blob-missing' },
    } as const;
    try {
      const client = this.#service.getQueueClient(queue);
      const answer = await inTime(undefined, (abortSignal) =>
        client.peekMessages({ numberOfMessages: AT_ONCE, abortSignal }),
      );
      const sent = fromStorage(answer, queue).peekedMessageItems.map(({ insertedOn }) =>
        insertedOn.getTime(),
      );
      return sent.length === 0 ? undefined : { count: sent.length, since: Math.min(...sent) };
    } catch (error) {
      const failure = translateStorageError(error, call, this.#clock.now());
      if (failure.code === 'blob-missing') return undefined;
      throw failure;
    }
  }

  async #send(queue: string, text: string, delaySeconds: number): Promise<void> {
    const call = {
      what: `send a message to queue ${queue}`,
      ...(this.#createMissing ? ({ meanings: { QueueNotFound: 'blob-missing' } } as const) : {}),
    };
    try {
      const client = this.#service.getQueueClient(queue);
      await inTime(undefined, (abortSignal) =>
        client.sendMessage(text, { visibilityTimeout: delaySeconds, abortSignal }),
      );
    } catch (error) {
      throw translateStorageError(error, call, this.#clock.now());
    }
  }

  async #create(queue: string): Promise<void> {
    try {
      const client = this.#service.getQueueClient(queue);
      await inTime(undefined, (abortSignal) => client.createIfNotExists({ abortSignal }));
    } catch (error) {
      throw translateStorageError(error, { what: `create queue ${queue}` }, this.#clock.now());
    }
  }
}
