/** How the queue before the channels stands: what lies in it has reached none of them, and only the app that sends takes it out. */
import type { WaitingWork } from '../../../core/ports.ts';
import { isoTime } from '../../../core/time.ts';
import { HELD_UP_MS, type HeldUp } from './channel-status.ts';

/** What lies in the queue. */
export interface QueueStatus {
  readonly waiting: number;
  /** Set where the oldest of them waits too long. */
  readonly heldUp?: HeldUp;
}

/** The status at `now` (epoch milliseconds). */
export function queueStatusOf(waiting: WaitingWork | undefined, now: number): QueueStatus {
  if (waiting === undefined) return { waiting: 0 };
  const { count, since } = waiting;
  if (now - since < HELD_UP_MS) return { waiting: count };
  const why = 'the app that sends does not take them';
  return { waiting: count, heldUp: { count, since: isoTime(since), why } };
}
