/** The event about a message that failed for good. */
import { z } from 'zod';
import { type CloudEvent, eventIdOf, subjectOf } from '../../core/events/cloud-event.ts';
import { defineEvent, toCloudEvent } from '../../core/events/define-event.ts';
import type { DeadLetter } from '../../core/ports.ts';
import { isoTime } from '../../core/time.ts';
import { aboutOf } from './about.ts';

/** Work that nobody does any more, until somebody sends its message again. */
export const MESSAGE_POISONED = defineEvent({
  kind: 'message-poisoned',
  type: 'HsmWarden.MessagePoisoned',
  severity: 'high',
  data: z.strictObject({
    /** The queue it came from; it lies in the one of that name with `-poison` behind it. */
    queue: z.string(),
    messageId: z.string(),
    setAsideAt: z.iso.datetime(),
    /** What it was about, as far as it says. */
    work: z.string().exactOptional(),
    hsm: z.string().exactOptional(),
    key: z.string().exactOptional(),
    runId: z.string().exactOptional(),
    recoveryId: z.string().exactOptional(),
    advice: z.string(),
  }),
  subject: z.string(),
});

/** The event that reports `letter`; the same for the same message. */
export function poisonedEvent(letter: DeadLetter): CloudEvent {
  const { queue, id, setAsideAt } = letter;
  const { kind, id: recoveryId, ...about } = aboutOf(letter);
  const time = isoTime(setAsideAt);
  return toCloudEvent({
    id: eventIdOf(`message-poisoned ${queue} ${id}`),
    type: MESSAGE_POISONED.type,
    subject: about.hsm === undefined ? `queues/${queue}` : subjectOf(about.hsm, about.key),
    time,
    data: {
      queue,
      messageId: id,
      setAsideAt: time,
      ...(kind !== undefined && { work: kind }),
      ...about,
      ...(recoveryId !== undefined && { recoveryId }),
      advice: adviceFor(letter),
    },
  });
}

/** What to do about it. */
export function adviceFor({ queue, id }: Pick<DeadLetter, 'queue' | 'id'>): string {
  return `hsm-warden queue retry ${queue} ${id}`;
}
