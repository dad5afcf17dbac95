/** Takes one received message through its life: run the function, then delete, release or set it aside. */
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { QueueSettings } from '../host-json.ts';
import type { InvocationOutcome, TriggerInput } from '../invoker.ts';
import { limitedCall } from './limited-call.ts';
import { holdMessage, type MessageHold } from './message-hold.ts';
import { decodeMessage, messageValue } from './message-value.ts';
import { isQueueMissing } from './storage-errors.ts';

/** What processing needs. */
export interface ProcessOptions {
  readonly queue: QueueClient;
  readonly poisonQueue: QueueClient;
  readonly settings: QueueSettings;
  /** How long a message is hidden while its function runs, in milliseconds; prolonged as long as it runs. */
  readonly visibilityMs: number;
  /** How long one call to the queue service may take, in milliseconds. */
  readonly callLimitMs: number;
  readonly log: (level: 'debug' | 'warning', message: string) => void;
  readonly invoke: (input: TriggerInput) => Promise<InvocationOutcome>;
  /** Fires when the host ends with what still runs. */
  readonly abandon: AbortSignal;
  /** Fires when it does not wait for an answer of the queue service any more, either. */
  readonly cut?: AbortSignal | undefined;
}

/**
 * The rules are the official listener's (`QueueProcessor.cs`, github.com/Azure/azure-sdk-for-net): success deletes; a
 * failure makes the message visible again after `visibilityTimeout`; the failure of attempt `maxDequeueCount` moves it
 * to `{queue}-poison`, as does a message that cannot be decoded or was received more often already (its earlier
 * attempts died without an answer). When the host stops before the function ends, or the message cannot be set aside, it comes back
 * as after a crash.
 */
export async function processMessage(message: DequeuedMessageItem, options: ProcessOptions): Promise<void> {
  const hold = holdMessage({
    queue: options.queue,
    message,
    visibilityMs: options.visibilityMs,
    callLimitMs: options.callLimitMs,
    cut: options.cut,
    log: (text) => options.log('debug', text),
  });
  try {
    await processHeld(message, hold, options);
  } catch (error) {
    // Held on, it would be hidden from everybody for as long as this process lives.
    hold.drop();
    throw error;
  }
}

async function processHeld(
  message: DequeuedMessageItem,
  hold: MessageHold,
  options: ProcessOptions,
): Promise<void> {
  const { queue, settings } = options;
  const setAside = async (why: string) => {
    options.log(
      'warning',
      `${why}. The message ${message.messageId} moves from ${queue.name} to ${options.poisonQueue.name}`,
    );
    await sendCreating(message.messageText, options);
    await hold.complete();
  };
  const content = decodeMessage(message.messageText, settings.messageEncoding);
  if (content === undefined) return setAside('It is not Base64 of text, as messageEncoding asks');
  if (message.dequeueCount > settings.maxDequeueCount)
    return setAside(`It was received more than ${settings.maxDequeueCount} times`);

  const outcome = await Promise.race([
    options.invoke(messageValue(message, content)),
    fired(options.abandon),
  ]);
  if (outcome === 'abandoned') return hold.drop();
  if (outcome.status === 'succeeded') return hold.complete();
  if (message.dequeueCount >= settings.maxDequeueCount)
    return setAside(`It failed ${settings.maxDequeueCount} times`);
  return hold.release(settings.visibilityTimeoutMs);
}

function fired(signal: AbortSignal): Promise<'abandoned'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('abandoned');
    else signal.addEventListener('abort', () => resolve('abandoned'), { once: true });
  });
}

/** Sends `stored` as it is; each call within the limit. */
async function sendCreating(
  stored: string,
  { poisonQueue, callLimitMs, cut }: Pick<ProcessOptions, 'poisonQueue' | 'callLimitMs' | 'cut'>,
): Promise<void> {
  const send = () => limitedCall((limits) => poisonQueue.sendMessage(stored, limits), callLimitMs, cut);
  try {
    await send();
  } catch (error) {
    if (!isQueueMissing(error)) throw error;
    await limitedCall((limits) => poisonQueue.createIfNotExists(limits), callLimitMs, cut);
    await send();
  }
}
