/** How a channel to people stands: whether anything gets through. */
import { definedOnly } from '../../../core/defined-only.ts';
import { isoTime, MINUTE_MS } from '../../../core/time.ts';
import { attemptsOf, type ShownAttempt } from './attempts.ts';
import type { ChannelState } from './channel-state.ts';

/** Servers that turn a first attempt away on purpose take the next one within minutes; what waits so long (milliseconds) must be heard of. */
export const HELD_UP_MS = 15 * MINUTE_MS;

/** Messages that were not accepted for a quarter of an hour. */
export interface HeldUp {
  readonly count: number;
  /** Since when the oldest of them waits; ISO 8601. */
  readonly since: string;
  /** What became of the last attempt at it: an error code with a word, or that there was none. */
  readonly why: string;
}

/** `unconfirmed`: its service has never accepted a message. Times are ISO 8601. */
export interface ChannelStatus {
  readonly channel: string;
  readonly state: 'accepting' | 'failing' | 'unconfirmed';
  /** Messages that wait for it. */
  readonly waiting: number;
  /** Those of them that wait too long, whatever the channel accepts meanwhile. */
  readonly heldUp?: HeldUp;
  readonly lastAcceptedAt?: string;
  readonly failingSince?: string;
  readonly lastError?: string;
  /** The newest attempt to send. */
  readonly lastAttempt?: ShownAttempt;
}

/** The status at `now` (epoch milliseconds) by what is remembered of the channel. */
export function channelStatusOf(memory: ChannelState, now: number): ChannelStatus {
  const { channel, accepted, pending, failingSince, lastAcceptedAt, lastError } = memory;
  const state = failingSince !== undefined ? 'failing' : accepted === 0 ? 'unconfirmed' : 'accepting';
  const timeOf = (ms: number | undefined) => (ms === undefined ? undefined : isoTime(ms));
  const facts = {
    heldUp: heldUpIn(memory, now),
    lastAcceptedAt: timeOf(lastAcceptedAt),
    failingSince: timeOf(failingSince),
    ...(state === 'failing' ? { lastError } : {}),
    lastAttempt: attemptsOf(memory, 1)[0],
  };
  return { channel, state, waiting: pending.length, ...definedOnly(facts) };
}

function heldUpIn({ pending, lastError }: ChannelState, now: number): HeldUp | undefined {
  const held = pending.filter(({ queuedAt }) => now - queuedAt >= HELD_UP_MS);
  const [oldest] = held.toSorted((a, b) => a.queuedAt - b.queuedAt);
  if (oldest === undefined) return undefined;
  // One that waits for the channel, or for an older one of its thread, has no error of its own.
  const why = oldest.tries.at(-1)?.result ?? lastError ?? 'not tried yet';
  return { count: held.length, since: isoTime(oldest.queuedAt), why };
}
