/** Ends the wait for a read in time to say so: whoever asked has not given up yet. */
import { WardenError } from '../../src/core/errors.ts';
import { ANSWER_LIMIT_MS, type RouteSpec } from '../../src/core/route.ts';

/** What decides how long an answer may take. */
type Limited = Pick<RouteSpec, 'method' | 'limitMs'>;

/**
 * What `work` comes to. A read that takes longer than its limit fails with `answer-late`; a change is waited for, so that nobody
 * hears that it failed while it is being made.
 */
export async function withinLimit<T>(
  { method, limitMs = ANSWER_LIMIT_MS }: Limited,
  work: Promise<T>,
): Promise<T> {
  if (method !== 'GET') return work;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tooLate(limitMs)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(limitMs: number): WardenError {
  return new WardenError('answer-late', {
    message: `What was asked for could not be read within ${limitMs / 1000} seconds: the storage answers slowly, or there is much to read.`,
    advice:
      'Nothing was changed. Ask again in a minute; if it stays so, hsm-warden doctor says what does not answer.',
  });
}
