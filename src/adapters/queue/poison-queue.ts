/** One poison queue: where the official host puts the messages of a queue that failed for good. */
import type { DequeuedMessageItem, PeekedMessageItem, QueueClient } from '@azure/storage-queue';
import { forEachConcurrently } from '../../core/concurrency.ts';
import { isWardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { inTime } from '../http/call-limits.ts';
import { type StorageCall, translateStorageError } from '../http/translate-storage-error.ts';
import { AT_ONCE, fromStorage } from './from-storage.ts';

/** Batches read of one queue, 1024 messages: of what lies behind them the alert on the length of the queue speaks. */
const BATCHES = 32;
/** Messages given back at a time. */
const GIVEN_BACK_AT_ONCE = 16;
/** For so long a message is hidden while others are looked at, in seconds. */
const HIDDEN_SECONDS = 60;

/** Every method may fail with the storage codes. A queue that is not there is empty: the host makes it for its first message. */
export class PoisonQueue {
  readonly name: string;
  readonly #client: QueueClient;
  readonly #clock: Clock;

  constructor(name: string, client: QueueClient, clock: Clock) {
    this.name = name;
    this.#client = client;
    this.#clock = clock;
  }

  /** About how many there are. */
  async count(): Promise<number> {
    const look = this.#call(`look into the queue ${this.name}`, async (abortSignal) =>
      fromStorage(await this.#client.getProperties({ abortSignal }), this.name),
    );
    return (await unlessMissing(look))?.approximateMessagesCount ?? 0;
  }

  /** The first ones, which stay where they are. */
  async peek(): Promise<readonly PeekedMessageItem[]> {
    const look = this.#call(`look into the queue ${this.name}`, async (abortSignal) =>
      fromStorage(await this.#client.peekMessages({ numberOfMessages: AT_ONCE, abortSignal }), this.name),
    );
    return (await unlessMissing(look))?.peekedMessageItems ?? [];
  }

  /** The next ones, hidden for a while. */
  async take(): Promise<readonly DequeuedMessageItem[]> {
    const taking = this.#call(`read the queue ${this.name}`, async (abortSignal) => {
      const settings = { numberOfMessages: AT_ONCE, visibilityTimeout: HIDDEN_SECONDS, abortSignal };
      return fromStorage(await this.#client.receiveMessages(settings), this.name);
    });
    return (await unlessMissing(taking))?.receivedMessageItems ?? [];
  }

  /**
   * Shows `look` batch after batch until it returns a message, which it has dealt with, or there is no more; all others are
   * given back. Returns whether it returned one. Killed in between, the messages are seen again after a minute.
   */
  async search(
    look: (items: readonly DequeuedMessageItem[]) => Promise<DequeuedMessageItem | undefined>,
  ): Promise<boolean> {
    const hidden = new Set<DequeuedMessageItem>();
    try {
      for (let batch = 0; batch < BATCHES; batch += 1) {
        const items = await this.take();
        if (items.length === 0) return false;
        for (const item of items) hidden.add(item);
        const found = await look(items);
        if (found === undefined) continue;
        hidden.delete(found);
        return true;
      }
      return false;
    } finally {
      await forEachConcurrently(hidden, GIVEN_BACK_AT_ONCE, (item) => this.#giveBack(item));
    }
  }

  /**
   * A message that is gone is deleted: the client repeats a deletion whose answer was lost. One that was shown again meanwhile is
   * somebody else's.
   */
  async delete({ messageId, popReceipt }: DequeuedMessageItem): Promise<void> {
    const deletion = callQueue(
      `delete a message from the queue ${this.name}`,
      this.#clock,
      (abortSignal) => this.#client.deleteMessage(messageId, popReceipt, { abortSignal }),
      { MessageNotFound: 'blob-missing', PopReceiptMismatch: 'blob-missing' },
    );
    await unlessMissing(deletion);
  }

  /** A message that stays hidden for a minute is no loss. */
  async #giveBack({ messageId, popReceipt }: DequeuedMessageItem): Promise<void> {
    await this.#call(`give back a message of the queue ${this.name}`, (abortSignal) =>
      this.#client.updateMessage(messageId, popReceipt, undefined, 0, { abortSignal }),
    ).catch(() => undefined);
  }

  #call<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return callQueue(what, this.#clock, work);
  }
}

/**
 * Makes one call to a queue within its limits. Fails with the storage codes; `blob-missing` when there is no such queue; and as
 * `meanings` says for the service's own codes.
 */
export async function callQueue<T>(
  what: string,
  clock: Clock,
  work: (signal: AbortSignal) => Promise<T>,
  meanings: StorageCall['meanings'] = {},
): Promise<T> {
  try {
    return await inTime(undefined, work);
  } catch (error) {
    const call = { what, meanings: { QueueNotFound: 'blob-missing', ...meanings } } as const;
    throw translateStorageError(error, call, clock.now());
  }
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isWardenError(error, 'blob-missing')) return undefined;
    throw error;
  }
}
