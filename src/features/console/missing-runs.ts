/** Whether a night is without a run that should have been there. */
import { nextRunAfter } from '../../core/schedule.ts';
import { DAY_MS, epochOf, isoTime, MINUTE_MS } from '../../core/time.ts';

/** When runs are due. */
export interface NightPolicy {
  /** NCRONTAB, UTC. */
  readonly schedule: string;
  /** How long after it was due a run may begin before it is missing, in milliseconds. */
  readonly graceMs: number;
}

/** A timer may fire a little before its time. */
const EARLY_MS = MINUTE_MS;

/**
 * When the run of the night `date` (a day, UTC) was due, and when the next one that is of another night; both epoch milliseconds.
 * Undefined where none was due, or where it may still begin at `now`.
 */
export function dueAt(
  { schedule, graceMs }: NightPolicy,
  date: string,
  now: number,
): { readonly from: number; readonly until: number } | undefined {
  const midnight = epochOf(`${date}T00:00:00Z`);
  const due = nextRunAfter(schedule, midnight - 1);
  if (!isoTime(due).startsWith(date) || now <= due + graceMs) return undefined;
  return { from: due - EARLY_MS, until: nextRunAfter(schedule, midnight + DAY_MS - 1) - EARLY_MS };
}

/** Whether none of `starts` is the run that was due; an HSM that is protected only `since` then, or not yet, misses none. */
export function isMissing(
  due: ReturnType<typeof dueAt>,
  since: number | undefined,
  starts: readonly number[],
): boolean {
  if (due === undefined || since === undefined || since > due.from) return false;
  return !starts.some((at) => at >= due.from && at < due.until);
}
