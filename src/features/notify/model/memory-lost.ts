/** The event that the memory of some incidents could not be read, and began again; and how it is said. */
import { z } from 'zod';
import { type CloudEvent, eventIdOf } from '../../../core/events/cloud-event.ts';
import { defineEvent, toCloudEvent } from '../../../core/events/define-event.ts';
import { isoTime } from '../../../core/time.ts';
import type { Occurrence } from './occurrence.ts';

export const MEMORY_LOST = defineEvent({
  kind: 'notification-memory-lost',
  type: 'HsmWarden.NotificationMemoryLost',
  data: z.strictObject({
    /** Whose incidents they were: `hsm-` and a name, or `product` for what belongs to no HSM. */
    scope: z.string(),
    /** Where what could not be read is kept, in the state container. */
    copy: z.string(),
  }),
  subject: z.string(),
  severity: 'high',
});

/** The event; the same for the same copy. */
export function memoryLostEvent(scope: string, copy: string, at: number): CloudEvent {
  return toCloudEvent({
    id: eventIdOf(`memory lost ${copy}`),
    type: MEMORY_LOST.type,
    subject: `incidents/${scope}`,
    time: isoTime(at),
    data: { scope, copy },
  });
}

/** What it means; undefined when it is another event. */
export function sayMemoryLost(event: object): Omit<Occurrence, 'id' | 'at' | 'severity'> | undefined {
  const parsed = MEMORY_LOST.schema.safeParse(event);
  if (!parsed.success) return undefined;
  const { scope, copy } = parsed.data.data;
  const of = scope.startsWith('hsm-') ? `HSM ${scope.slice('hsm-'.length)}` : 'HSM Warden itself';
  return {
    family: 'other',
    subject: `memory-lost ${copy}`,
    effect: 'open',
    lasting: false,
    rank: 0,
    what: `The memory of the incidents of ${of} could not be read and begins again: what was open is not repeated, nor said to be over.`,
    todo: 'See what is open: hsm-warden status',
    turn: 'whoever runs HSM Warden',
    facts: [{ label: 'Copy', text: copy }],
  };
}
