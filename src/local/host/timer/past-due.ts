/** Decides, when the host starts, whether a timer missed a run while the host was away. */
import type { Schedule } from '../../../core/schedule.ts';
import type { ScheduleStatus } from './schedule-store.ts';

/** The record to go on with, and whether the timer must run at once. */
export interface StartDecision {
  readonly status: ScheduleStatus;
  readonly isPastDue: boolean;
  /** The record differs from what is stored. */
  readonly changed: boolean;
}

/**
 * Follows the official schedule monitor (`ScheduleMonitor.CheckPastDueAsync`,
 * github.com/Azure/azure-webjobs-sdk-extensions): a timer seen for the first time waits for its next time; one whose
 * schedule changed is not past due because of the old one.
 */
export function decideStart(
  recorded: ScheduleStatus | undefined,
  schedule: Schedule,
  now: number,
): StartDecision {
  if (!recorded) {
    return { status: { next: schedule.next(now), lastUpdated: now }, isPastDue: false, changed: true };
  }
  const base = recorded.last ?? recorded.lastUpdated;
  const expected = schedule.next(base);
  if (recorded.next === expected) return { status: recorded, isPastDue: now > recorded.next, changed: false };
  const missed = now > expected;
  const status = missed
    ? { next: schedule.next(now), lastUpdated: now }
    : { next: expected, lastUpdated: base };
  return { status, isPastDue: false, changed: true };
}
