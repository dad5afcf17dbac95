/** What is said of an HSM that could not be read: never that something is not there. */
import type { StatusTrouble } from '../../features/status/hsm-status.ts';
import { adviceFor } from '../frame/failures.ts';

/** Why an HSM, or what is stored about it, could not be read. */
export interface Trouble extends StatusTrouble {
  readonly hsm: string;
}

/** The lines about one: first that it is not known, then why and what to do. */
export function doubtsOf({ hsm, code, message, reason, advice }: Trouble): readonly string[] {
  const fix = adviceFor(code, advice);
  const what = /^(storage|state|blob|backup)-/.test(code) ? `what is stored about ${hsm}` : hsm;
  return [
    `CANNOT TELL: ${what} could not be read (${reason ?? code})`,
    `  ${message} (${code})`,
    ...(fix === undefined ? [] : [`  -> ${fix}`]),
  ];
}
