/** When the next message of a thread is due. */
import type { Severity } from '../../../core/events/severity.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../core/time.ts';
import type { Thread } from '../model/incident-state.ts';
import { weightOf } from './severities.ts';

/** What belongs together comes within moments: one message waits so long for more. */
const CALM_WAIT_MS = 500;
/** From so much news on more is expected: then it waits longer, from the last on, up to a limit from the first on. */
const BUSY_NEWS = 5;
const BUSY_WAIT_MS = 5_000;
const BUSY_LIMIT_MS = MINUTE_MS;
/** The first messages of a thread may follow each other at once, then the pauses grow. */
const QUICK_MESSAGES = 3;
const LONGEST_PAUSE_MS = MINUTE_MS;
/** What is found within this time of the first belongs to the same incident. */
const JOIN_MS = 10 * MINUTE_MS;
/** No repeat waits longer, however many there were. */
const LONGEST_REPEAT_MS = DAY_MS;

/** After how many hours what lasts is repeated, the first time; severities without an entry are not. */
export type RepeatHours = Readonly<Partial<Record<Severity, number>>>;

/** When the news of `thread`, of which the last came at `now`, is due; `urgent`: no pause between messages counts. */
export function dueTime(thread: Thread, now: number, urgent: boolean): number {
  const count = thread.news.length + thread.newsBefore;
  const soon =
    count < BUSY_NEWS
      ? now + CALM_WAIT_MS
      : Math.min((thread.newsSince ?? now) + BUSY_LIMIT_MS, now + BUSY_WAIT_MS);
  if (urgent || thread.lastMessageAt === undefined) return soon;
  const grown =
    thread.messages < QUICK_MESSAGES ? 0 : 5_000 * 2 ** Math.min(thread.messages - QUICK_MESSAGES, 10);
  return Math.max(soon, thread.lastMessageAt + Math.min(grown, LONGEST_PAUSE_MS));
}

/** Whether something new at `now` still belongs to the incident that `thread` is about. */
export function isJoinable(thread: Thread, now: number): boolean {
  return thread.closedAt === undefined && now - thread.openedAt < JOIN_MS;
}

/** When what lasts is repeated after a message at `now`: each time later, up to a day. Undefined: never. */
export function repeatTime(
  severity: Severity,
  repeats: number,
  hours: RepeatHours,
  now: number,
): number | undefined {
  const first = hours[severity];
  if (first === undefined || first <= 0) return undefined;
  const wait = first * HOUR_MS * 2 ** Math.min(repeats, 20);
  return now + Math.min(wait, Math.max(first * HOUR_MS, LONGEST_REPEAT_MS));
}

/** Whether `severity` is more than anything said in the thread so far. */
export function isGraver(severity: Severity, thread: Thread): boolean {
  return thread.told === undefined || weightOf(severity) > weightOf(thread.told);
}
