/** Why an approved operation was not done, in words that name the key, the HSM and what to do. */
import { WardenError, type WardenErrorCode } from '../../../core/errors.ts';
import type { RecoveryRecord } from './record.ts';

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
