// Every data action that a Managed HSM knows.

const PREFIX = 'Microsoft.KeyVault/managedHsm/';

/**
 * `DataAction` of the API specification (https://github.com/Azure/azure-rest-api-specs,
 * specification/keyvault/data-plane/Microsoft.KeyVault/stable/7.4/rbac.json), and the four that built-in roles on the
 * wire have beside it: derive, rotate and the two of settings. Mind those that do not end in `/action`.
 */
const DATA_ACTIONS: ReadonlySet<string> = new Set(
  [
    'backup/start/action',
    'backup/status/action',
    'keys/backup/action',
    'keys/create',
    'keys/decrypt/action',
    'keys/delete',
    'keys/deletedKeys/delete',
    'keys/deletedKeys/read/action',
    'keys/deletedKeys/recover/action',
    'keys/derive/action',
    'keys/encrypt/action',
    'keys/export/action',
    'keys/import/action',
    'keys/read/action',
    'keys/release/action',
    'keys/restore/action',
    'keys/rotate/action',
    'keys/sign/action',
    'keys/unwrap/action',
    'keys/verify/action',
    'keys/wrap/action',
    'keys/write/action',
    'restore/start/action',
    'restore/status/action',
    'rng/action',
    'roleAssignments/delete/action',
    'roleAssignments/read/action',
    'roleAssignments/write/action',
    'roleDefinitions/delete/action',
    'roleDefinitions/read/action',
    'roleDefinitions/write/action',
    'securitydomain/download/action',
    'securitydomain/download/read',
    'securitydomain/transferkey/read',
    'securitydomain/upload/action',
    'securitydomain/upload/read',
    'settings/read/action',
    'settings/write/action',
  ].map((action) => `${PREFIX}${action}`.toLowerCase()),
);

/** Whether this is the whole name of a data action, in any letter case: the service knows no wildcards. */
export function isDataAction(name: string): boolean {
  return DATA_ACTIONS.has(name.toLowerCase());
}
