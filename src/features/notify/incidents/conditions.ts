/** What a sign of life of the watch ends: conditions that it does not report any more. */
import type { IncidentState, Member } from '../model/incident-state.ts';
import { resolveAll } from './ingest.ts';
import type { Heartbeat } from './read-event.ts';

/** `state` after a scan found what `heartbeat` says. A scan that did not see everything ends nothing. */
export function resolveConditions(state: IncidentState, heartbeat: Heartbeat, now: number): IncidentState {
  const { open, at, ok } = heartbeat;
  if (!ok) return state;
  const holds = (condition: string) => (open[condition] ?? 0) > 0;
  const isOver = {
    'unprotected-key': () => !holds('key-unprotected'),
    'overdue-backup': (_subject: string, { key }: Member) =>
      !holds(key === undefined ? 'backup-overdue' : 'key-backup-overdue'),
    // The subjects of this family are the names of the conditions.
    hsm: (subject: string) => !holds(subject),
  } as const;
  const families = ['unprotected-key', 'overdue-backup', 'hsm'] as const;
  return families.reduce((next, family) => resolveAll(next, family, at, now, isOver[family], sayOver), state);
}

function sayOver(_subject: string, { saying }: Member): string {
  return `The last scan found that no more: ${saying.what}`;
}
