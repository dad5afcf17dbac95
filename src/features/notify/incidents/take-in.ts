/** Takes one event in: what it says of its own incident, and the incident of a key that it ends. */
import { definedOnly } from '../../../core/defined-only.ts';
import { eventIdOf } from '../../../core/events/cloud-event.ts';
import type { IncidentState } from '../model/incident-state.ts';
import type { Occurrence } from '../model/occurrence.ts';
import { resolveConditions } from './conditions.ts';
import { ingest } from './ingest.ts';
import type { Heartbeat } from './read-event.ts';

/** `state` after `read`, heard at `now` (epoch milliseconds). */
export function takeIn(state: IncidentState, read: Occurrence | Heartbeat, now: number): IncidentState {
  if ('open' in read) return resolveConditions(state, read, now);
  const after = ingest(state, read, now);
  return read.cameBack === undefined ? after : endDeletion(after, read, read.cameBack, now);
}

/** A purged key that was restored is found active by no scan that knows it as deleted: the recovery says so. */
function endDeletion(
  state: IncidentState,
  { id, at, hsm, key, link, what }: Occurrence,
  subject: string,
  now: number,
): IncidentState {
  return ingest(
    state,
    {
      id: eventIdOf(`came back ${id}`),
      at,
      family: 'deleted-key',
      subject,
      ...definedOnly({ hsm, key, link }),
      severity: 'notice',
      effect: 'resolve',
      lasting: false,
      rank: 1,
      what,
      todo: 'Nothing is left to do.',
      turn: 'nobody',
      facts: [],
    },
    now,
  );
}
