/** When a message is tried again: at growing pauses, for a day. */
import { WardenError } from '../../../core/errors.ts';
import { DAY_MS, MINUTE_MS } from '../../../core/time.ts';

/** A message is kept so long. */
export const KEPT_MS = DAY_MS;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 15 * MINUTE_MS;
/** What a service asks for may be a mistake of days. */
const LONGEST_WISH_MS = 60 * MINUTE_MS;

/** What a failed attempt means for what waits. Times are epoch milliseconds. */
export type AfterFailure =
  /** The message will never be taken. */
  | { readonly kind: 'refused' }
  /** Again; the channel itself takes nothing before `channelAt`. */
  | { readonly kind: 'retry'; readonly messageAt: number; readonly channelAt: number };

/**
 * What to do after `error`, which was the message's attempt number `attempts` (from 1) and the channel's failure number
 * `failures` in a row (from 1).
 */
export function afterFailure(error: unknown, attempts: number, failures: number, now: number): AfterFailure {
  const code = error instanceof WardenError ? error.code : undefined;
  const wish = error instanceof WardenError ? Math.min(error.retryAfterMs ?? 0, LONGEST_WISH_MS) : 0;
  if (code === 'channel-refused') return { kind: 'refused' };
  // A service that wants less gets nothing at all until then; other troubles may be this message's own.
  const pause = code === 'channel-throttled' ? Math.max(wish, FIRST_PAUSE_MS) : wish;
  const channelPause =
    code === 'channel-misconfigured' ? pauseAfter(failures) : Math.max(pause, shortPause(failures));
  return {
    kind: 'retry',
    messageAt: now + Math.max(pauseAfter(attempts), wish),
    channelAt: now + channelPause,
  };
}

/** 2 s, 4 s, 8 s, ... up to a quarter of an hour. */
function pauseAfter(count: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(count - 1, 20), LONGEST_PAUSE_MS);
}

/** A first failure may be the message's; from the third in a row on the service is given pauses, too. */
function shortPause(failures: number): number {
  return failures < 3 ? 0 : pauseAfter(failures - 2);
}
