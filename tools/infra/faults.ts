/** Faults that a tired person could put into the Bicep files, each of which some check must notice. */

/** One edit of one file, and the rule that must complain. */
export interface PlantedFault {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The complaint begins with this. */
  readonly rule: string;
  /** The parameter set in which it shows. */
  readonly set: 'defaults' | 'max' | 'hardened';
}

const BACKUPS = 'modules/backup-storage.bicep';
const HOSTS = 'modules/host-storage.bicep';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are templates of Bicep, not of TypeScript
export const PLANTED_FAULTS: readonly PlantedFault[] = [
  {
    name: 'a host storage account open to the internet',
    file: HOSTS,
    find: "publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'",
    replace: "publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Enabled'",
    rule: 'storage',
    set: 'hardened',
  },
  {
    name: 'shared keys on the backups',
    file: BACKUPS,
    find: 'allowSharedKeyAccess: false',
    replace: 'allowSharedKeyAccess: true',
    rule: 'immutability',
    set: 'defaults',
  },
  {
    name: 'backups that can be changed',
    file: BACKUPS,
    find: '      enabled: true\n      immutabilityPolicy: {',
    replace: '      enabled: false\n      immutabilityPolicy: {',
    rule: 'immutability',
    set: 'defaults',
  },
  {
    name: 'an immutability that is locked without being asked for',
    file: 'main.bicep',
    find: 'lockImmutability: lockImmutability',
    replace: 'lockImmutability: true || lockImmutability',
    rule: 'immutability',
    set: 'defaults',
  },
  {
    name: 'a lifecycle rule that reaches the pinned backups',
    file: BACKUPS,
    find: "'${backupContainer}/${hsm}/'",
    replace: "'${backupContainer}/'",
    rule: 'lifecycle',
    set: 'defaults',
  },
  {
    name: 'a role that may delete backups',
    file: BACKUPS,
    find: "containers/blobs/add/action'",
    replace: "containers/blobs/delete'",
    rule: 'append-only',
    set: 'defaults',
  },
  {
    name: 'a right nobody justified',
    file: 'main.bicep',
    find: "roleName: 'Storage Queue Data Message Sender'\n        roleId: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'",
    replace:
      "roleName: 'Storage Queue Data Contributor'\n        roleId: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'",
    rule: 'grants',
    set: 'defaults',
  },
  {
    name: 'recoveries that the backup app can rewrite',
    file: 'main.bicep',
    find: '        condition: ownPathsOnly\n',
    replace: '        condition: empty(ownPathsOnly) ? ownPathsOnly : null\n',
    rule: 'grants',
    set: 'defaults',
  },
  {
    name: 'recoveries among the paths of the backup app',
    file: 'main.bicep',
    find: "  'locks'\n]",
    replace: "  'locks'\n  'recoveries'\n]",
    rule: 'state-paths',
    set: 'defaults',
  },
  {
    name: 'two apps with one identity',
    file: 'main.bicep',
    find: 'identityId: recoveryIdentity.resourceId',
    replace: 'identityId: backupIdentity.resourceId',
    rule: 'apps',
    set: 'defaults',
  },
  {
    name: 'a setting left out',
    file: 'main.bicep',
    find: '  WARDEN_HSMS: string(hsmSettings)\n  WARDEN_CREDENTIAL',
    replace: '  WARDEN_CREDENTIAL',
    rule: 'settings',
    set: 'defaults',
  },
  {
    name: 'a setting the code does not know',
    file: 'modules/apps.bicep',
    find: 'WARDEN_STATE_CONTAINER:',
    replace: 'WARDEN_STATES_CONTAINER:',
    rule: 'settings',
    set: 'defaults',
  },
  {
    name: 'a renamed function',
    file: 'main.bicep',
    find: "'nightlyBackup'",
    replace: "'nightlyBackups'",
    rule: 'functions',
    set: 'defaults',
  },
  {
    name: 'a renamed queue',
    file: 'main.bicep',
    find: "'hsm-sweeps'",
    replace: "'hsm-sweep'",
    rule: 'queues',
    set: 'defaults',
  },
  {
    name: 'a key in a setting',
    file: 'modules/function-app.bicep',
    find: "AzureWebJobsStorage__credential: 'managedidentity'",
    replace:
      "AzureWebJobsStorage__credential: listKeys(resourceId('Microsoft.Storage/storageAccounts', storageAccountName), '2026-06-01').keys[0].value",
    rule: 'secret',
    set: 'defaults',
  },
  {
    name: 'events published with a key',
    file: 'modules/event-topic.bicep',
    find: 'disableLocalAuth: true',
    replace: 'disableLocalAuth: false',
    rule: 'events',
    set: 'defaults',
  },
  {
    name: 'a drill app with rights on the whole account of the backups',
    file: 'modules/drill-backups.bicep',
    find: '  scope: account::blobs::backups\n',
    replace: '  scope: account\n',
    rule: 'grants',
    set: 'hardened',
  },
  {
    name: 'a drill app that seals with the key of the backup app',
    file: 'modules/drill.bicep',
    find: "setting.key != 'WARDEN_SEAL_KEY_URL'",
    replace: "setting.key != ''",
    rule: 'settings',
    set: 'hardened',
  },
  {
    name: 'a drill app that is not asked for',
    file: 'main.bicep',
    find: 'var drills = !empty(drillHsms)',
    replace: 'var drills = true || !empty(drillHsms)',
    rule: 'unasked',
    set: 'defaults',
  },
  {
    name: 'a drill app without endpoints of its storage',
    file: 'modules/private-endpoints.bicep',
    find: 'drills ? [names.drillHost] : []',
    replace: 'drills ? [] : []',
    rule: 'endpoints',
    set: 'hardened',
  },
  {
    name: 'a recovery API without tokens',
    file: 'main.bicep',
    find: '    entra: entra\n    originSetting',
    replace: '    entra: empty(entra.clientId) ? entra : null\n    originSetting',
    rule: 'authentication',
    set: 'defaults',
  },
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above
