/** How a message that failed for good is said. */
import { definedOnly } from '../../../core/defined-only.ts';
import { MESSAGE_POISONED } from '../../dead-letters/events.ts';
import type { Occurrence } from '../model/occurrence.ts';

/** What the event of a message that failed for good means; undefined when it is another event. */
export function sayPoisoned(event: object): Omit<Occurrence, 'id' | 'at' | 'severity'> | undefined {
  const parsed = MESSAGE_POISONED.schema.safeParse(event);
  if (!parsed.success) return undefined;
  const { queue, messageId, hsm, key, advice } = parsed.data.data;
  return {
    family: 'other',
    subject: messageId,
    ...definedOnly({ hsm, key }),
    effect: 'open',
    lasting: false,
    rank: 0,
    what: `Work in the queue ${queue} failed for good${hsm === undefined ? '' : `, for HSM ${hsm}`}: nobody does it any more.`,
    todo: `Find out why, then send it again: ${advice}`,
    turn: 'whoever runs HSM Warden',
    facts: [{ label: 'Message', text: messageId }],
  };
}
