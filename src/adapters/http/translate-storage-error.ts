/** Turns what the SDK throws for Azure Storage into the product's error: one table of statuses, codes and advice. */
import { definedOnly } from '../../core/defined-only.ts';
import { abortReason, WardenError, type WardenErrorCode } from '../../core/errors.ts';
import { briefOf, type Fault, readFault, reasonOf, TOKEN_ADVICE, withoutBody } from './fault.ts';

/** What was being done when it failed. */
export interface StorageCall {
  /** What the caller wanted, as in "could not {what}". */
  readonly what: string;
  readonly hsm?: string;
  readonly key?: string;
  readonly signal?: AbortSignal | undefined;
  /** Codes for the answers whose meaning depends on the operation, by the service's error code. */
  readonly meanings?: Readonly<Record<string, WardenErrorCode>>;
}

const ADVICE: Partial<Record<WardenErrorCode, string>> = {
  'storage-token-unavailable': TOKEN_ADVICE,
  'storage-unreachable':
    "Check the storage account's URL and network rules and, for a private certificate authority, the CA file.",
  'storage-throttled': 'Wait; if it goes on, look for other heavy users of the storage account.',
  'storage-unavailable': 'Wait; if it goes on, look at the health of the storage account in Azure.',
  'storage-forbidden':
    "Assign the data roles of the storage account to the product's identity, and check the network rules.",
  'storage-refused': 'Check the names of the containers and queues in the settings, and that they exist.',
  'blob-exists': 'Nothing is lost: the backup stored under that name stays as it is.',
  'state-conflict': 'Read the document again and repeat the change.',
};

/** The engine's error for whatever `error` is; a WardenError stays itself, but once the caller has given up all is the caller's reason. `now` in epoch milliseconds. */
export function translateStorageError(error: unknown, call: StorageCall, now: number): WardenError {
  if (error instanceof WardenError && !call.signal?.aborted) return error;
  const fault = readFault(error, call.signal, now);
  const code = codeOf(fault, call.meanings ?? {});
  const advice = ADVICE[code];
  const cause = withoutBody(error);
  const message = `Could not ${call.what}: ${reasonOf(fault, cause, 'the storage account')}.`;
  if (code === 'aborted') return abortReason(call.signal, message);
  return new WardenError(code, {
    message,
    cause,
    reason: briefOf(fault),
    ...definedOnly({ hsm: call.hsm, key: call.key, advice }),
    ...(fault.kind === 'answer' && fault.retryAfterMs !== undefined
      ? { retryAfterMs: fault.retryAfterMs }
      : {}),
  });
}

function codeOf(fault: Fault, meanings: Readonly<Record<string, WardenErrorCode>>): WardenErrorCode {
  switch (fault.kind) {
    case 'aborted':
      return 'aborted';
    case 'timeout':
    case 'no-connection':
      return 'storage-unreachable';
    case 'no-token':
      return 'storage-token-unavailable';
    case 'foreign-challenge':
      return 'storage-forbidden';
    case 'unexpected':
      return 'storage-unavailable';
    case 'answer':
      return meanings[fault.code] ?? codeOfAnswer(fault.status, fault.code);
  }
}

/** https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes */
function codeOfAnswer(status: number, code: string): WardenErrorCode {
  if (code === 'ServerBusy' || status === 429) return 'storage-throttled';
  if (status === 401 || status === 403) return 'storage-forbidden';
  if (code === 'ContainerBeingDeleted' || code === 'QueueBeingDeleted') return 'storage-unavailable';
  if (status === 408 || status >= 500) return 'storage-unavailable';
  // The service names its code with every refusal, and no success is a refusal: this is something else on the way to it.
  return status < 400 || code === '' ? 'storage-unavailable' : 'storage-refused';
}
