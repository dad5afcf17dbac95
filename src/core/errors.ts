/** The one error class of the product, its closed set of codes, and the table that says which of them pass without help. */

/**
 * Every code with its class: `transient` faults may pass and are retried;
 * `permanent` ones need a person or another input, so a retry would only repeat them.
 */
export const ERROR_CLASSES = {
  'settings-invalid': 'permanent',
  'message-invalid': 'permanent',
  'signed-out': 'permanent',
  'hsm-unreachable': 'transient',
  'hsm-throttled': 'transient',
  'hsm-unavailable': 'transient',
  'hsm-busy': 'transient',
  'hsm-token-unavailable': 'transient',
  'hsm-unauthenticated': 'permanent',
  'hsm-forbidden': 'permanent',
  'hsm-unknown': 'permanent',
  'hsm-refused': 'permanent',
  'hsm-settings-invalid': 'permanent',
  'hsm-answer-unexpected': 'transient',
  'discovery-failed': 'transient',
  'key-not-found': 'permanent',
  'key-name-conflict': 'permanent',
  'backup-malformed': 'transient',
  'backup-foreign': 'permanent',
  'backup-mismatch': 'transient',
  'blob-exists': 'permanent',
  'blob-missing': 'permanent',
  'state-conflict': 'transient',
  'state-corrupt': 'permanent',
  'storage-unreachable': 'transient',
  'storage-throttled': 'transient',
  'storage-unavailable': 'transient',
  'storage-token-unavailable': 'transient',
  'storage-forbidden': 'permanent',
  'storage-refused': 'permanent',
  'clock-wrong': 'permanent',
  'topic-unreachable': 'transient',
  'topic-throttled': 'transient',
  'topic-unavailable': 'transient',
  'topic-token-unavailable': 'transient',
  'topic-forbidden': 'permanent',
  'topic-refused': 'permanent',
  'channel-unreachable': 'transient',
  'channel-throttled': 'transient',
  'channel-unavailable': 'transient',
  'channel-misconfigured': 'permanent',
  'channel-refused': 'permanent',
  'lease-held': 'transient',
  'lease-lost': 'transient',
  'token-missing': 'permanent',
  'token-invalid': 'permanent',
  'step-up-required': 'permanent',
  'sign-in-stale': 'permanent',
  'sign-in-unproven': 'permanent',
  'identity-unreachable': 'transient',
  'role-missing': 'permanent',
  'origin-refused': 'permanent',
  'request-invalid': 'permanent',
  'request-too-large': 'permanent',
  'media-type-unsupported': 'permanent',
  'precondition-failed': 'permanent',
  'idempotency-conflict': 'permanent',
  'rate-limited': 'transient',
  'too-many-open': 'permanent',
  'gate-disarmed': 'permanent',
  'recovery-unknown': 'permanent',
  'run-unknown': 'permanent',
  'finding-unknown': 'permanent',
  'rearming-unknown': 'permanent',
  'nothing-to-rearm': 'permanent',
  'recovery-not-open': 'permanent',
  'recovery-expired': 'permanent',
  'recovery-claimed': 'transient',
  'own-request': 'permanent',
  'not-the-requester': 'permanent',
  'approved-already': 'permanent',
  'digest-mismatch': 'permanent',
  'groups-unknown': 'permanent',
  'approvals-incomplete': 'permanent',
  'record-unproven': 'permanent',
  'recovery-used': 'permanent',
  'key-active': 'permanent',
  'key-deleted': 'permanent',
  'nothing-to-recover': 'permanent',
  'nothing-to-restore': 'permanent',
  'nothing-to-adopt': 'permanent',
  'backup-unknown': 'permanent',
  'backup-damaged': 'permanent',
  'backup-contradicted': 'permanent',
  'target-refused': 'permanent',
  'recovered-mismatch': 'permanent',
  'restored-other-key': 'permanent',
  'webhook-unknown': 'permanent',
  'webhook-refused': 'permanent',
  'webhook-app-refused': 'permanent',
  'audit-corrupt': 'permanent',
  'seal-unavailable': 'transient',
  'seal-invalid': 'permanent',
  'backup-unsealed': 'permanent',
  'answer-late': 'transient',
  'app-stopping': 'transient',
  aborted: 'transient',
} as const satisfies Record<string, 'transient' | 'permanent'>;

/** Every way in which an operation of the product can fail. */
export type WardenErrorCode = keyof typeof ERROR_CLASSES;

/** What a {@link WardenError} carries besides its code. */
export interface WardenErrorOptions {
  /** One sentence: what happened. */
  readonly message: string;
  /** One sentence: what a person can do about it. */
  readonly advice?: string;
  /** Name of the HSM it happened on. */
  readonly hsm?: string;
  /** Name of the key it happened to. */
  readonly key?: string;
  /** The cause in a word, for a line that has no room for more: `503`, `ECONNREFUSED`, `no answer`. */
  readonly reason?: string;
  /** The service's own wish when to try again, in milliseconds from the answer. */
  readonly retryAfterMs?: number;
  /** How to sign in so that it is let through: parameters of `WWW-Authenticate: Bearer`. */
  readonly challenge?: string;
  /** Of a decision that came too late: what happened meanwhile, a sentence each. */
  readonly changes?: readonly string[];
  /** The error underneath. */
  readonly cause?: unknown;
}

/** An expected failure, with a stable code. Tests and callers look at `code`, people read `message` and `advice`. */
export class WardenError extends Error {
  override readonly name = 'WardenError';
  readonly code: WardenErrorCode;
  readonly advice: string | undefined;
  readonly hsm: string | undefined;
  readonly key: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly reason: string | undefined;
  readonly challenge: string | undefined;
  readonly changes: readonly string[] | undefined;

  constructor(code: WardenErrorCode, options: WardenErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.advice = options.advice;
    this.hsm = options.hsm;
    this.key = options.key;
    this.retryAfterMs = options.retryAfterMs;
    this.reason = options.reason;
    this.challenge = options.challenge;
    this.changes = options.changes;
  }

  /** Whether trying again later can help. */
  get transient(): boolean {
    return ERROR_CLASSES[this.code] === 'transient';
  }
}

/** Whether `error` is a WardenError, optionally with one of `codes`. */
export function isWardenError(error: unknown, ...codes: readonly WardenErrorCode[]): error is WardenError {
  return error instanceof WardenError && (codes.length === 0 || codes.includes(error.code));
}

/**
 * Why `signal` was aborted: its own reason where that is one of ours (a lost lease, an app that stops), so that it reaches
 * whoever asks; otherwise `aborted`, with `message`.
 */
export function abortReason(signal: AbortSignal | undefined, message: string): WardenError {
  const reason: unknown = signal?.reason;
  return reason instanceof WardenError ? reason : new WardenError('aborted', { message, cause: reason });
}
