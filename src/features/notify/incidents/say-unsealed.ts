/** How backups that could not be sealed are said. */
import { BACKUPS_UNSEALED } from '../../backup/events.ts';
import type { Occurrence } from '../model/occurrence.ts';

/** What the event of backups that could not be sealed means; undefined when it is another event. */
export function sayUnsealed(event: object): Omit<Occurrence, 'id' | 'at' | 'severity'> | undefined {
  const parsed = BACKUPS_UNSEALED.schema.safeParse(event);
  if (!parsed.success) return undefined;
  const { hsm, count, reason, advice } = parsed.data.data;
  return {
    family: 'other',
    subject: `backups-unsealed ${hsm}`,
    hsm,
    effect: 'open',
    lasting: false,
    rank: 0,
    what: `Backups of ${count === 1 ? 'one key' : `${count} keys`} on HSM ${hsm} could not be sealed: they are stored, and are no recovery points.`,
    todo: advice,
    turn: 'whoever runs HSM Warden',
    facts: [{ label: 'Reason', text: reason }],
  };
}
