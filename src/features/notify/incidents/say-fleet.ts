/** How the events of the fleet are said. */
import { DISCOVERY_FAILED, HSM_FOUND, HSM_VANISHED } from '../../fleet/model/events.ts';
import type { Occurrence } from '../model/occurrence.ts';

type Said = Omit<Occurrence, 'id' | 'at' | 'severity'>;
/** Each is reported again once a day while it lasts. */
const COMMON: Omit<Said, 'subject' | 'what' | 'todo'> = {
  family: 'other',
  effect: 'open',
  lasting: false,
  rank: 0,
  turn: 'whoever runs HSM Warden',
  facts: [],
};

/** What an event of the fleet means; undefined when it is another event. */
export function sayFleet(event: object): Said | undefined {
  const found = HSM_FOUND.schema.safeParse(event);
  if (found.success) {
    const { hsm, role, why, commands } = found.data.data;
    return {
      ...COMMON,
      subject: `hsm-found ${hsm}`,
      what: `HSM ${hsm} is not protected: no backup of its keys is made.`,
      todo: commands.join('; or '),
      facts: [{ label: 'Right to list its keys', text: why === undefined ? role : `${role}: ${why}` }],
    };
  }
  const vanished = HSM_VANISHED.schema.safeParse(event);
  if (vanished.success) {
    const { hsm, lastSeenAt, advice } = vanished.data.data;
    return {
      ...COMMON,
      subject: `hsm-vanished ${hsm}`,
      hsm,
      what: `HSM ${hsm} has vanished: it was last listed at ${lastSeenAt}.`,
      todo: advice,
    };
  }
  const failed = DISCOVERY_FAILED.schema.safeParse(event);
  if (!failed.success) return undefined;
  const { reason, advice, lastAt } = failed.data.data;
  return {
    ...COMMON,
    subject: 'discovery-failed',
    what: 'Managed HSMs could not be searched for: new ones are not found.',
    todo: advice,
    facts: [
      { label: 'Reason', text: reason },
      { label: 'Last whole discovery', text: lastAt ?? 'never' },
    ],
  };
}
