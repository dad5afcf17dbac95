/** Turns what the SDK throws for a Managed HSM into the product's error: one table of statuses, codes and advice. */
import { definedOnly } from '../../core/defined-only.ts';
import { abortReason, WardenError, type WardenErrorCode } from '../../core/errors.ts';
import { briefOf, type Fault, readFault, reasonOf, TOKEN_ADVICE, withoutBody } from './fault.ts';

/** What was being done when it failed. */
export interface HsmCall {
  readonly hsm: string;
  /** What the caller wanted, as in "could not {what}". */
  readonly what: string;
  readonly key?: string;
  readonly signal?: AbortSignal | undefined;
  /** Whether a 409 means that the key's name is taken, as it does for a restore. */
  readonly conflictIsName?: boolean;
}

const ADVICE: Partial<Record<WardenErrorCode, string>> = {
  'hsm-token-unavailable': TOKEN_ADVICE,
  'hsm-unreachable':
    "Check the HSM's URL, the network rules and, for a private certificate authority, the CA file.",
  'hsm-throttled': 'Lower the pace if this goes on: others use the same HSM.',
  'hsm-unavailable': 'Wait; if it goes on, look at the health of the HSM in Azure.',
  'hsm-busy': 'Wait until the full or selective restore on this HSM has ended.',
  'hsm-unauthenticated':
    'Check the URL of the HSM, and that the identity may get tokens for the audience of Managed HSM.',
  'hsm-forbidden':
    "Assign the product's role to its identity with local RBAC, and check the HSM's network rules.",
  'key-not-found': 'The key does not exist, or is soft-deleted.',
  'key-name-conflict': 'Recover the soft-deleted key of that name instead, or purge it first.',
  'backup-foreign': 'Restore it into an HSM that shares the security domain the backup was made in.',
};

/** The engine's error for whatever `error` is; a WardenError stays itself, but once the caller has given up all is the caller's reason. `now` in epoch milliseconds. */
export function translateHsmError(error: unknown, call: HsmCall, now: number): WardenError {
  if (error instanceof WardenError && !call.signal?.aborted) return error;
  const fault = readFault(error, call.signal, now);
  const code = codeOf(fault, call.conflictIsName ?? false);
  const where = call.key === undefined ? `on HSM ${call.hsm}` : `key ${call.key} on HSM ${call.hsm}`;
  const advice = ADVICE[code];
  const cause = withoutBody(error);
  const message = `Could not ${call.what} ${where}: ${reasonOf(fault, cause, 'the HSM')}.`;
  if (code === 'aborted') return abortReason(call.signal, message);
  return new WardenError(code, {
    message,
    hsm: call.hsm,
    cause,
    reason: briefOf(fault),
    ...definedOnly({ key: call.key, advice }),
    ...(fault.kind === 'answer' && fault.retryAfterMs !== undefined
      ? { retryAfterMs: fault.retryAfterMs }
      : {}),
  });
}

function codeOf(fault: Fault, conflictIsName: boolean): WardenErrorCode {
  switch (fault.kind) {
    case 'aborted':
      return 'aborted';
    case 'timeout':
    case 'no-connection':
      return 'hsm-unreachable';
    case 'no-token':
      return 'hsm-token-unavailable';
    case 'foreign-challenge':
      return 'hsm-unauthenticated';
    case 'unexpected':
      return 'hsm-answer-unexpected';
    case 'answer':
      return codeOfAnswer(fault.status, fault.code, fault.message, conflictIsName);
  }
}

/** Error codes and texts as recorded from real Managed HSMs; 403, 429 and the conflict of a restore are documented only. */
function codeOfAnswer(
  status: number,
  code: string,
  message: string,
  conflictIsName: boolean,
): WardenErrorCode {
  if (code === 'MalformedBackupBlob') return 'backup-foreign';
  if (status === 401) return 'hsm-unauthenticated';
  if (status === 403) return 'hsm-forbidden';
  if (status === 404) return code === '' ? 'hsm-answer-unexpected' : 'key-not-found';
  if (status === 409) {
    // "User triggered Restore operation is in progress. Retry after the restore operation"
    if (/operation is in progress/i.test(message)) return 'hsm-busy';
    return conflictIsName ? 'key-name-conflict' : 'hsm-busy';
  }
  if (status === 429) return 'hsm-throttled';
  if (status === 408 || status >= 500) return 'hsm-unavailable';
  return status >= 400 ? 'hsm-refused' : 'hsm-answer-unexpected';
}
