/** Doing something for each of several HSMs, of which none may stop or hide the others. */
import { isWardenError, type WardenError } from './errors.ts';
import type { Clock, WorkQueue } from './ports.ts';
import type { Queue } from './queue.ts';
import { DEFAULT_RETRY, withRetries } from './retry.ts';

/** What could be read, in the order of the names, and what could not. */
export interface ReadEach<T> {
  readonly read: readonly T[];
  readonly failed: readonly { readonly name: string; readonly error: WardenError }[];
}

/** Reads something of each of `names`. One whose document is not what it should be is left out and named; it fails with all else. */
export async function readEach<T>(
  names: readonly string[],
  read: (name: string) => Promise<T>,
): Promise<ReadEach<T>> {
  const failed: { name: string; error: WardenError }[] = [];
  const all = await Promise.all(
    names.map(async (name) => {
      try {
        return [await read(name)];
      } catch (error) {
        if (!isWardenError(error, 'state-corrupt')) throw error;
        failed.push({ name, error });
        return [];
      }
    }),
  );
  return { read: all.flat(), failed };
}

/** What sending needs. */
export interface SendDeps {
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Sends `messageOf(hsm)` for each of `hsms`, repeating what may pass: the host fires a timer only once. All are tried; then
 * the first failure is thrown, a storage code. Returns how many were sent.
 */
export async function sendForEach<Message>(
  { queue: work, clock, signal }: SendDeps,
  queue: Queue<Message>,
  hsms: readonly string[],
  messageOf: (hsm: string) => Message,
): Promise<number> {
  const sent = await Promise.allSettled(
    hsms.map((hsm) => withRetries(() => work.send(queue, messageOf(hsm)), clock, DEFAULT_RETRY, signal)),
  );
  for (const outcome of sent) if (outcome.status === 'rejected') throw outcome.reason;
  return sent.length;
}
