/** Keeps one received message invisible to others while its function runs. */
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import { describeError } from '../host-error.ts';
import { limitedCall } from './limited-call.ts';
import { isGone } from './storage-errors.ts';

/** A message being held. Only one of the endings is called, once. */
export interface MessageHold {
  /** Deletes the message: its work is done. */
  complete(): Promise<void>;
  /** Gives the message back, visible after `delayMs`. */
  release(delayMs: number): Promise<void>;
  /** Holds it no longer: it comes back when its visibility has run out, as after a crash. */
  drop(): void;
}

/** What holding needs. */
export interface HoldOptions {
  readonly queue: QueueClient;
  readonly message: DequeuedMessageItem;
  /** How long the service hides the message; renewed at half of it, as the official listener does. */
  readonly visibilityMs: number;
  /** How long one call to the queue service may take, in milliseconds. */
  readonly callLimitMs: number;
  /** Ends every call at once. */
  readonly cut?: AbortSignal | undefined;
  readonly log: (message: string) => void;
}

/** Starts holding. The service works in whole seconds, and accepts no visibility below one. */
export function holdMessage(options: HoldOptions): MessageHold {
  const { queue, message } = options;
  let popReceipt = message.popReceipt;
  let renewal: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    renewal = renew();
  }, options.visibilityMs / 2);

  function show(inMs: number) {
    return limitedCall(
      (limits) => queue.updateMessage(message.messageId, popReceipt, undefined, toSeconds(inMs), limits),
      options.callLimitMs,
      options.cut,
    );
  }

  async function renew(): Promise<void> {
    try {
      const answer = await show(options.visibilityMs);
      if (answer.popReceipt) popReceipt = answer.popReceipt;
    } catch (error) {
      options.log(
        `The message ${message.messageId} in ${queue.name} could not be held longer: ${describeError(error)}`,
      );
    }
  }

  /** A renewal under way changes the receipt, so an ending waits for it; a message that is gone has another owner. */
  async function end(act: () => Promise<unknown>): Promise<void> {
    clearInterval(timer);
    await renewal;
    try {
      await act();
    } catch (error) {
      if (!isGone(error)) throw error;
      options.log(`The message ${message.messageId} in ${queue.name} belongs to someone else by now`);
    }
  }

  return {
    complete: () =>
      end(() =>
        limitedCall(
          (limits) => queue.deleteMessage(message.messageId, popReceipt, limits),
          options.callLimitMs,
          options.cut,
        ),
      ),
    release: (delayMs) => end(() => show(delayMs)),
    drop: () => clearInterval(timer),
  };
}

/** Whole seconds, never less than asked for. */
export function toSeconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000);
}
