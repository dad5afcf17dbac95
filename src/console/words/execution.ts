/** How an execution goes: which attempt it is, what it waits for, since when, and until when. */
import type { RequestView } from '../api/model.ts';
import { sentence } from './count.ts';
import { spanInWords } from './duration.ts';
import { epochOf } from './time.ts';

/** The sentences at `now`, epoch milliseconds. Times stand in them as ISO texts. */
export function executionInWords(
  { attempt, attempts, until, isRunning, waitsFor }: NonNullable<RequestView['execution']>,
  now: number,
): readonly string[] {
  const left = epochOf(until) - now;
  const which = `Attempt ${attempt} of ${attempts}`;
  const runs =
    left > 0
      ? `${which} is under way and ends within ${spanInWords(left)}, by ${until}.`
      : `${which} should have ended by ${until}: whoever was at it has stopped, and another one goes on.`;
  const waits = `${which} ${left > 0 ? `begins in ${spanInWords(left)}, at` : 'was to begin at'} ${until}.`;
  return [
    ...(waitsFor === undefined
      ? []
      : [sentence(`It waits since ${waitsFor.since}, for the last attempt met this: ${waitsFor.message}`)]),
    isRunning ? runs : waits,
    ...(waitsFor === undefined ? [] : [`After ${attempts} attempts that fail the request has failed.`]),
  ];
}
