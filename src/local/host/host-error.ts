/** The local Functions host's one error class and its closed set of codes. */

/** Every way in which starting or using the host can fail. */
export type HostErrorCode =
  | 'host-json-invalid'
  | 'app-load-failed'
  | 'registration-invalid'
  | 'schedule-invalid'
  | 'route-invalid'
  | 'setting-missing'
  | 'binding-unsupported'
  | 'function-unknown'
  | 'function-timeout'
  | 'schedule-status-unreadable'
  | 'host-stopping'
  | 'port-taken';

/** An expected failure of the host. Tests and callers read `code`, people read the message. */
export class HostError extends Error {
  override readonly name = 'HostError';
  readonly code: HostErrorCode;

  constructor(code: HostErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The text of anything that was thrown: a stack where there is one. */
export function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
