/** What a check of the doctor finds. */
import { explain } from '../frame/failures.ts';

/** One finding: what was looked at, how it stands, and what to do about it. */
export interface Finding {
  readonly check: string;
  readonly subject: string;
  /** `unknown`: it could not be seen, so nothing is said of it. */
  readonly result: 'ok' | 'warn' | 'fail' | 'unknown';
  readonly detail: string;
  readonly fix?: string;
}

/** All is well. */
export function ok(check: string, subject: string, detail: string): Finding {
  return { check, subject, result: 'ok', detail };
}

/** It works, but should be put right. */
export function warn(check: string, subject: string, detail: string, fix: string): Finding {
  return { check, subject, result: 'warn', detail, fix };
}

/** It does not work. */
export function fail(check: string, subject: string, detail: string, fix: string): Finding {
  return { check, subject, result: 'fail', detail, fix };
}

/** It could not be seen: it may work, or not. */
export function unknown(check: string, subject: string, detail: string, fix: string): Finding {
  return { check, subject, result: 'unknown', detail, fix };
}

/** Runs `examine`; what it throws is a finding too, with `fix` where the error has no advice of its own. */
export async function attempt(
  check: string,
  subject: string,
  fix: string,
  examine: () => Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return [await examine()].flat();
  } catch (error) {
    const { exit, code, message, advice } = explain(error);
    const detail = exit === 'signed-out' ? message : `${message} (${code})`;
    return [fail(check, subject, detail, code === 'unexpected' ? fix : (advice ?? fix))];
  }
}
