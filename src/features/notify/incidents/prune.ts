/** Closes incidents that have gone quiet, and forgets those that are over. */
import { DAY_MS, HOUR_MS } from '../../../core/time.ts';
import type { IncidentState, Thread } from '../model/incident-state.ts';

const CLOSED_KEPT_MS = 7 * DAY_MS;
/** What does not last, and of which nothing was heard for so long, is over: the same later is a new incident. */
const QUIET_MS = 7 * DAY_MS;
const EARLY_KEPT_MS = HOUR_MS;

/** `state` without what is no longer needed, and with what has gone quiet closed. */
export function prune(state: IncidentState, now: number): IncidentState {
  const isOld = ({ closedAt, dueAt }: Thread) =>
    closedAt !== undefined && dueAt === undefined && now - closedAt > CLOSED_KEPT_MS;
  const all = Object.values(state.threads);
  const late = Object.entries(state.early).filter(([, at]) => now - at > EARLY_KEPT_MS);
  if (late.length === 0 && !all.some((thread) => isOld(thread) || isQuiet(thread, now))) return state;
  const kept = all
    .filter((thread) => !isOld(thread))
    .map((thread) => (isQuiet(thread, now) ? { ...thread, closedAt: now } : thread));
  const threads = Object.fromEntries(kept.map((thread) => [thread.id, thread]));
  const early = Object.fromEntries(Object.entries(state.early).filter(([, at]) => now - at <= EARLY_KEPT_MS));
  return { ...state, threads, early };
}

/** Nobody is waited for, nothing of it lasts, and long nothing was said. */
function isQuiet(
  { closedAt, dueAt, waiting, members, openedAt, lastMessageAt = openedAt }: Thread,
  now: number,
): boolean {
  if (closedAt !== undefined || dueAt !== undefined || (waiting?.missing ?? 0) > 0) return false;
  const lasts = Object.values(members).some(({ state, lasting }) => state === 'open' && lasting);
  return !lasts && now - lastMessageAt > QUIET_MS;
}
