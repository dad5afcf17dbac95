/** What somebody has acknowledged is not repeated. */
import { type AcknowledgedIncidents, acknowledgementOf } from '../model/acknowledged.ts';
import type { IncidentState, Thread } from '../model/incident-state.ts';

/** Whether something of `state` is to be repeated at `now`, unless it was acknowledged. */
export function hasRepeats({ threads }: IncidentState, now: number): boolean {
  return Object.values(threads).some((thread) => isDue(thread, now));
}

/** `state` with what of it is in `known` noted as acknowledged, where it is to be repeated. The very same object when nothing is. */
export function withAcknowledgements(
  state: IncidentState,
  known: AcknowledgedIncidents | undefined,
  now: number,
): IncidentState {
  const found = Object.values(state.threads).flatMap((thread) => {
    const acknowledged = isDue(thread, now) ? acknowledgementOf(known, thread) : undefined;
    return acknowledged === undefined ? [] : [{ ...thread, acknowledgedAt: acknowledged.at }];
  });
  if (found.length === 0) return state;
  const threads = Object.fromEntries(found.map((thread) => [thread.id, thread]));
  return { ...state, threads: { ...state.threads, ...threads } };
}

function isDue({ repeatAt, closedAt, acknowledgedAt }: Thread, now: number): boolean {
  return repeatAt !== undefined && repeatAt <= now && closedAt === undefined && acknowledgedAt === undefined;
}
