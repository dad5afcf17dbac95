/** Sends one message for each HSM: whoever takes it does the work. */
import type { Clock, WorkQueue } from './ports.ts';
import type { Queue } from './queue.ts';
import { DEFAULT_RETRY, withRetries } from './retry.ts';

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
