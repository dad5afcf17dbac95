/** The queue between the event bus and the notifications. */
import { z } from 'zod';
import { EVENT_SOURCE } from '../../../core/events/cloud-event.ts';
import type { Queue } from '../../../core/queue.ts';
import { ChannelName } from './channel-entry.ts';

/** An event as it comes; what it says is read where it is understood. */
const QueuedEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(100),
  type: z.string().min(1).max(200),
  source: z.literal(EVENT_SOURCE),
  subject: z.string().max(500),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  data: z.record(z.string(), z.unknown()),
});
export type QueuedEvent = z.infer<typeof QueuedEvent>;

/** Events to notify of, a wake-up call, or a test of one channel or all. */
export const NotifyMessage = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('events'), events: z.array(QueuedEvent).min(1) }),
  z.strictObject({
    kind: z.literal('wake'),
    /** The incidents in which something is due; channels are looked after in any case. */
    scopes: z.array(z.string().regex(/^[a-z0-9-]{1,80}$/)).max(100),
  }),
  z.strictObject({
    kind: z.literal('test'),
    channel: ChannelName.exactOptional(),
    /** Names the test: the same one is sent once. */
    test: z.string().regex(/^[0-9A-Za-z-]{1,60}$/),
  }),
]);
export type NotifyMessage = z.infer<typeof NotifyMessage>;

export const NOTIFICATIONS: Queue<NotifyMessage> = {
  name: 'notifications',
  schema: NotifyMessage,
  holds: 'events to notify of, or a request to test channels',
};
