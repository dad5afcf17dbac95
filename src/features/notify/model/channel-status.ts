/** How a channel to people stands: whether anything gets through. */
import { definedOnly } from '../../../core/defined-only.ts';
import { isoTime } from '../../../core/time.ts';
import { attemptsOf, type ShownAttempt } from './attempts.ts';
import type { ChannelState } from './channel-state.ts';

/** `unconfirmed`: its service has never accepted a message. Times are ISO 8601. */
export interface ChannelStatus {
  readonly channel: string;
  readonly state: 'accepting' | 'failing' | 'unconfirmed';
  /** Messages that wait for it. */
  readonly waiting: number;
  readonly lastAcceptedAt?: string;
  readonly failingSince?: string;
  readonly lastError?: string;
  /** The newest attempt to send. */
  readonly lastAttempt?: ShownAttempt;
}

/** The status by what is remembered of the channel. */
export function channelStatusOf(memory: ChannelState): ChannelStatus {
  const { channel, accepted, pending, failingSince, lastAcceptedAt, lastError } = memory;
  const state = failingSince !== undefined ? 'failing' : accepted === 0 ? 'unconfirmed' : 'accepting';
  const timeOf = (ms: number | undefined) => (ms === undefined ? undefined : isoTime(ms));
  const facts = {
    lastAcceptedAt: timeOf(lastAcceptedAt),
    failingSince: timeOf(failingSince),
    ...(state === 'failing' ? { lastError } : {}),
    lastAttempt: attemptsOf(memory, 1)[0],
  };
  return { channel, state, waiting: pending.length, ...definedOnly(facts) };
}
