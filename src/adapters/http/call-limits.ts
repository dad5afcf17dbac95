/**
 * The one rule for every call that leaves the process: it has a limit, it ends at once when its caller gives up, and it says
 * what is waited for. How long a wait between two attempts may last, whatever a service asks for, is in core/retry.ts.
 */
import { HSM_CALL_LIMIT_MS } from '../../core/time.ts';
import { failureWord } from './fault.ts';
import { beginWait } from './waits.ts';

/** How long each kind of call may take as a whole, with everything it sends. Milliseconds. */
export const CALL_LIMITS_MS = {
  /** One token, with the tries of the identity's own client. */
  token: 30_000,
  /** One request to an HSM: the slowest operation recorded took 2 s at the 99th percentile. */
  hsmRequest: 60_000,
  hsmCall: HSM_CALL_LIMIT_MS,
  /** One seal: a token and one signature; Key Vault answers in milliseconds, and whoever waits has other work. */
  sealCall: 20_000,
  /** What the client of the storage may take for its three tries, of which each tells the service a limit of 30 s. */
  storageCall: 90_000,
  /** One batch of events, with the tries of the topic's client. */
  topicCall: 60_000,
  /** One notification to the service of a channel. */
  notification: 15_000,
} as const;

/** What a call is, for its limit and for the words about it. */
export interface Call {
  /** Whom it asks, as people know it: the name of an HSM, `the storage account`. */
  readonly of: string;
  /** The caller's own signal. */
  readonly signal?: AbortSignal | undefined;
  readonly limitMs: number;
}

/**
 * Does `work`, and gives up as soon as `call.signal` is aborted, with its reason, or after `call.limitMs` with a `TimeoutError`.
 * `work` should heed the signal it gets; when it does not, it is left behind: an SDK that waits for a token, or between two
 * tries, heeds none.
 */
export async function withinLimits<T>(call: Call, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal: given, limitMs } = call;
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
  const over = beginWait(call.of);
  try {
    const result = await Promise.race([work(ending.signal), ended]);
    over();
    return result;
  } catch (error) {
    over(failureWord(error));
    throw error;
  } finally {
    clearTimeout(timer);
    given?.removeEventListener('abort', giveUp);
  }
}

/**
 * Does `work` within the limits of a call to the storage: a half-open connection would otherwise hold whoever waits, and all
 * who wait for them, until the host ends the process. Fails with the reason of `given`, or with a `TimeoutError`.
 */
export function inTime<T>(
  given: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
  limitMs: number = CALL_LIMITS_MS.storageCall,
): Promise<T> {
  return withinLimits({ of: 'the storage account', signal: given, limitMs }, work);
}
