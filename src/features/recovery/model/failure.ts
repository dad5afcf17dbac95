/** Why an approved operation was not done, in words that name the key, the HSM and what to do. */
import { WardenError, type WardenErrorCode } from '../../../core/errors.ts';
import type { RecoveryRecord } from './record.ts';

/** The error of `record`'s execution; `why` completes the sentence. */
export function failure(
  record: RecoveryRecord,
  code: WardenErrorCode,
  why: string,
  advice: string,
): WardenError {
  const { action, target, key } = record.operation;
  return new WardenError(code, {
    message: `Key ${key} was not ${action === 'recover' ? 'recovered' : 'restored'} on HSM ${target}: ${why}.`,
    advice,
    hsm: target,
    key,
  });
}
