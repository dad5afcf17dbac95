// Every way in which the service refuses: one error class, and one factory that holds every text.
import { UNPROVEN, type UnprovenName } from './unproven.ts';

/** The codes of `error.code`: those seen on the wire, plus `TooManyRequests`, `Forbidden` and `NotFound` (unproven). */
export type ServiceErrorCode =
  | 'AccessDenied'
  | 'BadParameter'
  | 'Conflict'
  | 'Forbidden'
  | 'KeyNotFound'
  | 'MalformedBackupBlob'
  | 'NotFound'
  | 'NotSupported'
  | 'RoleAssignmentExists'
  | 'RoleAssignmentNotFound'
  | 'RoleDefinitionNotFound'
  | 'ServiceUnavailable'
  | 'TooManyRequests'
  | 'Unauthorized'
  | 'UnknownError';

/** A refusal as the service answers it; the server adds ` (Activity ID: {request id})` to the message. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly status: number;
  readonly code: ServiceErrorCode;

  constructor(status: number, code: ServiceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = code;
  }
}

/** Texts recorded from real pools. `url` is the key's, without version: `https://{host}/keys/{name}`. */
export const serviceErrors = {
  keyNotFound: (url: string) => new ServiceError(404, 'KeyNotFound', `Key not found: ${url}`),
  // The doubled text is the service's, recorded on rotate.
  keyToRotateNotFound: (url: string) =>
    new ServiceError(404, 'KeyNotFound', `Key not found: Key not found: ${url}`),
  badKeyName: () => new ServiceError(400, 'BadParameter', 'Invalid key identifier or name'),
  badParameter: (message: string, cause?: unknown) =>
    new ServiceError(400, 'BadParameter', message, { cause }),
  exportableWithoutPolicy: () =>
    new ServiceError(400, 'BadParameter', 'Exportable keys must have release policy'),
  policyWithoutExportable: () =>
    new ServiceError(400, 'BadParameter', 'Non-exportable keys must not have release policy'),
  policyImmutable: () => new ServiceError(400, 'BadParameter', 'Immutable Release policy cannot be modified'),
  policyWithoutVersion: () =>
    new ServiceError(400, 'BadParameter', "Key Release Policy: missing 'version' property"),
  badRandomCount: () =>
    new ServiceError(
      400,
      'BadParameter',
      'GetRandomBytesRequest: count cannot be greater than 128 or less than 1',
    ),
  malformedBackup: (cause?: unknown) =>
    new ServiceError(
      400,
      'MalformedBackupBlob',
      'Backup blob belongs to a different crypto domain and cannot be used with this instance.',
      { cause },
    ),
  actionNotSupported: (action: string) =>
    new ServiceError(400, 'NotSupported', `action '${action}' not supported`),
  wrongAudience: (found: string, expected: string) =>
    new ServiceError(401, 'Unauthorized', `Found token with aud=${found}, but expected aud=${expected}`),
  roleNameNotGuid: () => new ServiceError(400, 'BadParameter', 'Role definition name must be a GUID'),
  builtInRole: () =>
    new ServiceError(
      400,
      'BadParameter',
      'Cannot re-use the name/GUID matching that of a built-in role. Please use a unique role ID.',
    ),
  roleAssignmentExists: () =>
    new ServiceError(400, 'RoleAssignmentExists', 'The role assignment already exists.'),
  roleAssignmentNotFound: () =>
    new ServiceError(404, 'RoleAssignmentNotFound', 'Requested role assignment not found'),
  roleDefinitionNotFound: () =>
    new ServiceError(404, 'RoleDefinitionNotFound', 'Requested role definition not found'),
  unknown: (cause?: unknown) => new ServiceError(500, 'UnknownError', 'Unknown error', { cause }),
} as const;

/** A refusal of the unproven table, its `{…}` filled from `values`. */
export function unproven(
  name: UnprovenName,
  values: Readonly<Record<string, string | number>> = {},
  cause?: unknown,
): ServiceError {
  const { status, code, message } = UNPROVEN[name];
  const text = message.replace(/\{(\w+)\}/g, (_, field: string) => String(values[field] ?? ''));
  return new ServiceError(status, code, text, cause === undefined ? undefined : { cause });
}
