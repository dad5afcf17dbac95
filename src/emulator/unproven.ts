// Answers that nobody has recorded from a real Managed HSM: chosen as documented or as most likely, in one table.
// docs/emulator.md repeats the table; a test keeps the two together.

/** One choice: the HTTP status, code and text it answers with, and why. `{…}` in a text is filled in. */
export type UnprovenAnswer = {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly reason: string;
};

export const UNPROVEN = {
  accessDenied: {
    status: 403,
    code: 'AccessDenied',
    message: 'Not authorized to access {action} on {scope}',
    reason: 'Code and text are quoted in user reports (Azure CLI issue 32719); the HTTP status is inferred.',
  },
  throttled: {
    status: 429,
    code: 'TooManyRequests',
    message: 'Too many requests. Retry later',
    reason:
      'No 429 was ever recorded. Status from HTTP, shape from every other error, no Retry-After header.',
  },
  unavailable: {
    status: 503,
    code: 'ServiceUnavailable',
    message: 'The service is temporarily unavailable. Retry later',
    reason: 'No 503 was ever recorded; the emulator gives it only as a fault on demand.',
  },
  nameIsDeleted: {
    status: 409,
    code: 'Conflict',
    message: 'Key {name} is in a deleted but recoverable state, its name cannot be reused',
    reason: 'Documented that it fails; Terraform expects 409; the text is modelled on the vault answer.',
  },
  restoreOntoActive: {
    status: 409,
    code: 'Conflict',
    message: 'There was a conflict restoring the key {name}: a key with this name exists',
    reason: 'The specification says that the restore is rejected; vaults answer 409.',
  },
  restoreOntoDeleted: {
    status: 409,
    code: 'Conflict',
    message: 'There was a conflict restoring the key {name}: a deleted key with this name exists',
    reason: 'As for an active key.',
  },
  purgeProtected: {
    status: 403,
    code: 'Forbidden',
    message: 'Purge protection is enabled: the key cannot be purged before its retention ends',
    reason: 'Documented that it is refused for everyone; vaults answer 403.',
  },
  versionNotFound: {
    status: 404,
    code: 'KeyNotFound',
    message: 'Key not found: {url}',
    reason:
      'Inferred from a 2021 recording in which a path segment unknown to that build was taken for a version.',
  },
  keyDisabled: {
    status: 403,
    code: 'Forbidden',
    message: 'Operation {operation} is not allowed on a disabled key',
    reason: 'Vaults answer 403 Forbidden.',
  },
  keyNotYetValid: {
    status: 403,
    code: 'Forbidden',
    message: 'Operation {operation} is not allowed before the nbf time of the key',
    reason: 'Vaults answer 403 Forbidden.',
  },
  keyExpired: {
    status: 403,
    code: 'Forbidden',
    message: 'Operation {operation} is not allowed on an expired key',
    reason: 'Vaults answer 403 Forbidden.',
  },
  operationNotPermitted: {
    status: 403,
    code: 'Forbidden',
    message: 'Operation {operation} is not permitted on this key',
    reason: 'Vaults answer 403 Forbidden when key_ops lacks the operation.',
  },
  badAlgorithm: {
    status: 400,
    code: 'BadParameter',
    message: "Algorithm '{algorithm}' is not supported for this key",
    reason: 'Parameter errors are 400 BadParameter wherever they were recorded.',
  },
  unknownKeyOperation: {
    status: 400,
    code: 'BadParameter',
    message: "Key operation '{operation}' is not supported",
    reason:
      'The operations are an enumeration in the specification; the answer to another one was not recorded.',
  },
  expiresBeforeValid: {
    status: 400,
    code: 'BadParameter',
    message: 'The exp time of the key must not be before its nbf time',
    reason: 'Such a key could never be used; the answer was not recorded.',
  },
  exportableFixed: {
    status: 400,
    code: 'BadParameter',
    message: 'Whether a key is exportable cannot be changed',
    reason:
      'The specification has a release policy given when an exportable key is created; a later change was not recorded.',
  },
  otherKeyType: {
    status: 400,
    code: 'BadParameter',
    message: 'Key {name} is of type {present}-HSM and cannot have a version of type {kty}-HSM',
    reason:
      'Every recorded key has versions of one type only; whether the service refuses another was not recorded.',
  },
  unknownDataAction: {
    status: 400,
    code: 'BadParameter',
    message: 'Unknown data action: {action}',
    reason:
      'The data actions are an enumeration in the specification; the answer to another one was not recorded.',
  },
  apiVersionMissing: {
    status: 400,
    code: 'BadParameter',
    message: 'api-version is missing',
    reason:
      'Required by the specification. Recorded without it: next pages of lists and role operations, which need none here.',
  },
  apiVersionUnknown: {
    status: 400,
    code: 'BadParameter',
    message: "api-version '{version}' is not supported",
    reason: 'No request with an unknown version was recorded.',
  },
  badValue: {
    status: 400,
    code: 'BadParameter',
    message: 'Invalid value: {detail}',
    reason: 'Parameter errors are 400 BadParameter wherever they were recorded.',
  },
  badBody: {
    status: 400,
    code: 'BadParameter',
    message: 'Invalid request body: {detail}',
    reason: 'Parameter errors are 400 BadParameter wherever they were recorded.',
  },
  badMaxResults: {
    status: 400,
    code: 'BadParameter',
    message: 'maxresults must be from 1 to 25',
    reason: 'The range is in the specification; the answer outside of it was not recorded.',
  },
  badSkipToken: {
    status: 400,
    code: 'BadParameter',
    message: 'Invalid skiptoken',
    reason: 'Parameter errors are 400 BadParameter wherever they were recorded.',
  },
  tooManyKeys: {
    status: 400,
    code: 'BadParameter',
    message: 'The limit of {limit} keys is reached',
    reason:
      'The limit is documented, its answer is not; whether soft-deleted keys count is not documented (here: no).',
  },
  tooManyVersions: {
    status: 400,
    code: 'BadParameter',
    message: 'The limit of {limit} versions of a key is reached',
    reason: 'The limit is documented, its answer is not.',
  },
  tooManyTags: {
    status: 400,
    code: 'BadParameter',
    message: 'A key has at most 15 tags of at most 256 characters',
    reason: 'The limit is documented, its answer is not.',
  },
  tooManyRoleDefinitions: {
    status: 400,
    code: 'BadParameter',
    message: 'The limit of {limit} custom role definitions is reached',
    reason: 'The limit is documented, its answer is not.',
  },
  tooManyRoleAssignments: {
    status: 400,
    code: 'BadParameter',
    message: 'The limit of {limit} role assignments at {scope} is reached',
    reason: 'The limit is documented, its answer is not.',
  },
  rotateWithoutPolicy: {
    status: 400,
    code: 'BadParameter',
    message: 'Key {name} has no rotation policy',
    reason: 'Documented that a policy must be set before a key can be rotated on demand.',
  },
  badRotationPolicy: {
    status: 400,
    code: 'BadParameter',
    message: 'Invalid rotation policy: {detail}',
    reason: 'At least 28 days between versions and no Notify action are documented, the answer is not.',
  },
  tokenRefused: {
    status: 401,
    code: 'Unauthorized',
    message: 'Unable to verify access token',
    reason: 'Recorded in 2020 for a token that cannot be read; taken for an expired or foreign one too.',
  },
  noSuchPath: {
    status: 404,
    code: 'NotFound',
    message: 'Resource not found: {path}',
    reason: 'The audit documentation says that invalid paths give 404; code and text are likely.',
  },
  notReleasable: {
    status: 403,
    code: 'Forbidden',
    message: 'Key {name} is not exportable',
    reason: 'Only successful releases were recorded.',
  },
} as const satisfies Record<string, UnprovenAnswer>;

export type UnprovenName = keyof typeof UNPROVEN;
