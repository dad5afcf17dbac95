/** Polls one storage queue and hands its messages to a function, several at a time. */
import { setTimeout as wait } from 'node:timers/promises';
import type { DequeuedMessageItem } from '@azure/storage-queue';
import { describeError } from '../host-error.ts';
import { createBackOff } from './back-off.ts';
import { limitedCall } from './limited-call.ts';
import { toSeconds } from './message-hold.ts';
import { type ProcessOptions, processMessage } from './process-message.ts';
import { isQueueMissing } from './storage-errors.ts';

/** So long a stop that gives up waits for the answers about messages that are done; the official host would be gone. Milliseconds. */
const LAST_CALLS_MS = 2_000;

/** What a listener needs. */
export interface QueueListenerOptions extends Omit<ProcessOptions, 'abandon' | 'cut'> {
  /** In [0, 1); varies the waits between reads of an empty queue. */
  readonly random: () => number;
  readonly onError: (message: string) => void;
}

/** A queue being polled. */
export interface QueueListener {
  /** Reads the queue now instead of waiting out the back-off. */
  wake(): void;
  /** Receives no more; resolves when the messages in hand are done. `abandon` ends that wait within two seconds: they come back as after a crash. */
  stop(abandon: AbortSignal): Promise<void>;
}

/** Creates the queue when it is absent (the official host would wait for it) and starts polling. */
export function startQueueListener(options: QueueListenerOptions): QueueListener {
  const stopping = new AbortController();
  const abandoning = new AbortController();
  const cutting = new AbortController();
  const inHand = new Set<Promise<void>>();
  let pause = new AbortController();
  const polling = poll();

  async function poll(): Promise<void> {
    const backOff = createBackOff(options.settings.maxPollingIntervalMs, options.random);
    let found = false;
    let exists = false;
    while (!stopping.signal.aborted) {
      let batch: readonly DequeuedMessageItem[] = [];
      try {
        if (!exists) await call((limits) => options.queue.createIfNotExists(limits));
        exists = true;
        batch = await receive();
      } catch (error) {
        if (isQueueMissing(error)) exists = false;
        else if (!stopping.signal.aborted)
          options.onError(`The queue ${options.queue.name} could not be read: ${describeError(error)}`);
      }
      for (const message of batch) take(message);
      if (batch.length > 0) {
        found = true;
        await roomForMore();
      } else {
        await rest(backOff.next(found));
        found = false;
      }
    }
  }

  /** A read under way when the host stops is waited for, within its limit: what it brings would be hidden from others. */
  function call<T>(work: (limits: { readonly abortSignal: AbortSignal }) => Promise<T>): Promise<T> {
    return limitedCall(work, options.callLimitMs, abandoning.signal);
  }

  async function receive(): Promise<readonly DequeuedMessageItem[]> {
    const answer = await call((limits) =>
      options.queue.receiveMessages({
        numberOfMessages: options.settings.batchSize,
        visibilityTimeout: toSeconds(options.visibilityMs),
        ...limits,
      }),
    );
    return answer.receivedMessageItems;
  }

  function take(message: DequeuedMessageItem): void {
    const work = processMessage(message, { ...options, abandon: abandoning.signal, cut: cutting.signal })
      .catch((error: unknown) => {
        options.onError(
          `The message ${message.messageId} in ${options.queue.name} could not be finished: ${describeError(error)}`,
        );
      })
      .finally(() => inHand.delete(work));
    inHand.add(work);
  }

  /** A new batch is fetched once no more than `newBatchThreshold` messages are in hand. */
  async function roomForMore(): Promise<void> {
    while (!stopping.signal.aborted && inHand.size > options.settings.newBatchThreshold)
      await Promise.race(inHand);
  }

  async function rest(milliseconds: number): Promise<void> {
    pause = new AbortController();
    const signal = AbortSignal.any([pause.signal, stopping.signal]);
    await wait(milliseconds, undefined, { signal }).catch(() => undefined);
  }

  return {
    wake: () => pause.abort(),
    async stop(abandon) {
      stopping.abort();
      let lastCalls: NodeJS.Timeout | undefined;
      const giveUp = () => {
        abandoning.abort();
        lastCalls = setTimeout(() => cutting.abort(), LAST_CALLS_MS);
      };
      abandon.addEventListener('abort', giveUp, { once: true });
      if (abandon.aborted) giveUp();
      await polling;
      await Promise.all(inHand);
      clearTimeout(lastCalls);
    },
  };
}
