/** Gives up on a storage account that does not answer: its SDK tells the service of a limit, but itself waits without one. */

/** What the client of the storage may take for its three tries, of which each tells the service a limit of 30 s. */
const LIMIT_MS = 90_000;

/**
 * Does `work`, and gives up when `given` is aborted, or after `limitMs` milliseconds with a `TimeoutError`, which may pass: a
 * half-open connection would otherwise hold whoever waits, and all who wait for them, until the host ends the process. `work`
 * should heed the signal it gets; when it does not, it is left behind.
 */
export async function inTime<T>(
  given: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
  limitMs = LIMIT_MS,
): Promise<T> {
  given?.throwIfAborted();
  const ending = new AbortController();
  const ended = new Promise<never>((_resolve, reject) => {
    ending.signal.addEventListener('abort', () => reject(ending.signal.reason), { once: true });
  });
  const giveUp = () => ending.abort(given?.reason);
  const timer = setTimeout(() => {
    ending.abort(new DOMException(`there was no answer within ${limitMs / 1000} s`, 'TimeoutError'));
  }, limitMs);
  given?.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([work(ending.signal), ended]);
  } finally {
    clearTimeout(timer);
    given?.removeEventListener('abort', giveUp);
  }
}
