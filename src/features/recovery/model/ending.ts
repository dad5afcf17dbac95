/** How a request ended: whether somebody must look at it, and why an approved operation was not done. */

import { WardenError, type WardenErrorCode } from '../../../core/errors.ts';
import { DAY_MS } from '../../../core/time.ts';
import type { RecoveryRecord } from './record.ts';

/** So long it is put before people, in milliseconds. */
export const ATTENTION_MS = 7 * DAY_MS;

type Ended = Pick<RecoveryRecord, 'state' | 'operation' | 'outcome'>;

/** Whether a request did all that was approved, and that is proven: of a key that came back, every version was verified. */
export function isProven({ state, operation, outcome }: Ended): boolean {
  if (state !== 'succeeded') return false;
  if (operation.action === 'adopt') return true;
  const { versions = 0, verified = 0 } = outcome ?? {};
  return versions > 0 && verified >= versions;
}

/** Whether people must look at it. That it was rejected, cancelled, or expired is nobody's surprise. */
export function needsAttention(record: Ended): boolean {
  const { state } = record;
  return state === 'failed' || state === 'restored-other-key' || (state === 'succeeded' && !isProven(record));
}

const DONE = { recover: 'recovered', restore: 'restored', adopt: 'adopted' } as const;

/** The error of `record`'s execution; `why` completes the sentence. */
export function failure(
  record: RecoveryRecord,
  code: WardenErrorCode,
  why: string,
  advice: string,
): WardenError {
  const { action, target, key } = record.operation;
  const subject = action === 'adopt' ? `A backup of key ${key}` : `Key ${key}`;
  return new WardenError(code, {
    message: `${subject} was not ${DONE[action]} on HSM ${target}: ${why}.`,
    advice,
    hsm: target,
    key,
  });
}
