/** What lies in the queue of the notifications, as `status` and `doctor` look at it: a stopped app takes nothing out of it. */
import { type QueueStatus, queueStatusOf } from '../../features/notify/model/queue-status.ts';
import { NOTIFICATIONS } from '../../features/notify/model/queues.ts';
import type { Store } from '../connect/compose-cli.ts';
import { counted, when } from '../connect/warden-options.ts';
import { duration } from '../frame/duration.ts';

/** How the queue stands; undefined where the settings name no channel: then nothing is put into it. Fails with a storage code. */
export async function readQueued(
  { notifications }: Pick<Store, 'notifications'>,
  now: number,
): Promise<QueueStatus | undefined> {
  if (notifications === undefined) return undefined;
  return queueStatusOf(await notifications.waitingIn(NOTIFICATIONS), now);
}

/** What is wrong with it, in a sentence; undefined when nothing is. */
export function queueTroubleOf({ heldUp }: QueueStatus, now: number): string | undefined {
  if (heldUp === undefined) return undefined;
  const { count, since, why } = heldUp;
  const held = `${counted(count, 'message')} in the queue ${NOTIFICATIONS.name} ${count === 1 ? 'is held up' : 'are held up, the oldest'}`;
  return `${held} since ${when(Date.parse(since))} (${duration(now - Date.parse(since))}): ${why}`;
}
