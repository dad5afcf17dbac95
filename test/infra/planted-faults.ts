/** Faults that a tired person, or an attacker, could plant in a deployment: one changed value each. */
import type { JsonValue } from '../../tools/infra/snapshot.ts';

/** One changed value of one resource, in the prediction of a parameter set. */
export interface PlantedFault {
  readonly name: string;
  /** End of the resource's type, and a part of its id. */
  readonly type: string;
  readonly of?: string;
  /** Where, by member names and list positions; a member that does not exist is added. */
  readonly path: string;
  /** The new value; undefined removes it. */
  readonly value: JsonValue | undefined;
  readonly set?: 'max' | 'hardened' | 'platform';
}

const SETTINGS = 'sites/config';
const BACKUP_SETTINGS = { type: SETTINGS, of: '-backup-w3j23au7fj2oi/config/appsettings' };
const RECOVERY_SETTINGS = { type: SETTINGS, of: '-recovery-w3j23au7fj2oi/config/appsettings' };
const BACKUPS = { type: 'Microsoft.Storage/storageAccounts', of: 'stwardenb' };
const HOST = { type: 'Microsoft.Storage/storageAccounts', of: 'stwardenh' };
const SITE = { type: 'Microsoft.Web/sites', of: 'func-warden-backup' };
const AUTH = { type: SETTINGS, of: 'authsettingsV2' };
const IMMUTABLE = 'properties.immutableStorageWithVersioning';
const RULE = 'properties.criteria.allOf.0';
const OTHER_IDENTITY =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-warden/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-warden-recovery-w3j23au7fj2oi';

function setting(app: 'backup' | 'recovery', name: string, value: JsonValue | undefined): PlantedFault {
  return {
    name: `${value === undefined ? 'no' : 'another'} ${name} of the ${app} app`,
    ...(app === 'backup' ? BACKUP_SETTINGS : RECOVERY_SETTINGS),
    path: `properties|${name}`,
    value,
  };
}

export const PLANTED_FAULTS: readonly PlantedFault[] = [
  // Identities and connections of the triggers.
  setting('backup', 'AzureWebJobsStorage__credential', 'managed-identity'),
  setting('backup', 'AzureWebJobsStorage__clientId', `ref(${OTHER_IDENTITY}).clientId`),
  setting(
    'backup',
    'AzureWebJobsStorage__queueServiceUri',
    'https://stwardenrw3j23au7fj2oi.queue.core.windows.net',
  ),
  setting('recovery', 'AzureWebJobsStorage__blobServiceUri', undefined),
  setting('recovery', 'AzureWebJobsStorage', 'AccountName=st;AccountKey=c2VjcmV0'),
  setting('backup', 'AuditEvents__fullyQualifiedNamespace', undefined),
  setting('backup', 'AuditEvents__credential', undefined),
  setting('backup', 'AuditEvents__clientId', `ref(${OTHER_IDENTITY}).clientId`),
  setting('backup', 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING', undefined),
  setting('recovery', 'APPLICATIONINSIGHTS_CONNECTION_STRING', undefined),
  setting('backup', 'languageWorkers__node__arguments', undefined),
  setting('backup', 'NODE_OPTIONS', '--max-old-space-size=512'),
  setting('backup', 'AzureWebJobs.nightlyBackup.Disabled', 'true'),
  setting('backup', 'AzureWebJobs__nightlyBackup__Disabled', 'false'),
  // Settings of the product.
  setting('backup', 'WARDEN_BACKUP_RETENTION_DAYS', undefined),
  setting('backup', 'WARDEN_AUDIT_HUB', undefined),
  setting('backup', 'WARDEN_AUDIT_CONSUMER_GROUP', '$Default'),
  setting('backup', 'WARDEN_TOPIC_URL', undefined),
  setting('backup', 'WARDEN_OVERDUE_GRACE_HOURS', '23'),
  setting('backup', 'WARDEN_CREDENTIAL', 'cli'),
  setting('recovery', 'WARDEN_CLIENT_ID', `ref(${OTHER_IDENTITY.replace('recovery', 'backup')}).clientId`),
  setting('recovery', 'WARDEN_AUTH_TENANT', 'common'),
  setting('recovery', 'WARDEN_AUTH_AUDIENCE', '22222222-2222-2222-2222-222222222222'),
  setting('recovery', 'WARDEN_AUDIT_CONTAINER', undefined),
  setting('recovery', 'WARDEN_ORIGIN', 'https://func-warden.azurewebsites.net'),
  setting('recovery', 'WARDEN_STATE_URL', 'https://stwardenhw3j23au7fj2oi.blob.core.windows.net'),
  // The apps.
  { name: 'another runtime', ...SITE, path: 'properties.functionAppConfig.runtime.name', value: 'python' },
  { name: 'an older runtime', ...SITE, path: 'properties.functionAppConfig.runtime.version', value: '20' },
  {
    name: 'a package from another container',
    ...SITE,
    path: 'properties.functionAppConfig.deployment.storage.value',
    value: 'https://stwardenhw3j23au7fj2oi.blob.core.windows.net/packages',
  },
  {
    name: 'a package read with a key',
    ...SITE,
    path: 'properties.functionAppConfig.deployment.storage.authentication.type',
    value: 'StorageAccountConnectionString',
  },
  { name: 'no tag for azd', ...SITE, path: 'tags|azd-service-name', value: undefined },
  { name: 'the tag of the other app', ...SITE, path: 'tags|azd-service-name', value: 'recovery' },
  { name: 'plain http', ...SITE, path: 'properties.httpsOnly', value: false },
  { name: 'old TLS for the app', ...SITE, path: 'properties.siteConfig.minTlsVersion', value: '1.0' },
  { name: 'ftp', ...SITE, path: 'properties.siteConfig.ftpsState', value: 'AllAllowed' },
  { name: 'every origin', ...SITE, path: 'properties.siteConfig.cors.allowedOrigins', value: ['*'] },
  { name: 'no subnet', ...SITE, path: 'properties.virtualNetworkSubnetId', value: undefined },
  {
    name: 'publishing by password',
    type: 'basicPublishingCredentialsPolicies',
    path: 'properties.allow',
    value: true,
  },
  { name: 'a plan that always runs', type: 'serverfarms', path: 'sku.name', value: 'EP1' },
  // The recovery API.
  {
    name: 'an open path',
    ...AUTH,
    path: 'properties.globalValidation.excludedPaths',
    value: ['/api/health', '/api/openapi.json', '/api/recoveries'],
  },
  { name: 'everybody', ...AUTH, path: 'properties.globalValidation.requireAuthentication', value: false },
  {
    name: 'a login page',
    ...AUTH,
    path: 'properties.globalValidation.unauthenticatedClientAction',
    value: 'AllowAnonymous',
  },
  {
    name: 'every tenant',
    ...AUTH,
    path: 'properties.identityProviders.azureActiveDirectory.registration.openIdIssuer',
    value: 'https://login.microsoftonline.com/common/v2.0',
  },
  {
    name: 'another audience',
    ...AUTH,
    path: 'properties.identityProviders.azureActiveDirectory.validation.allowedAudiences',
    value: [],
  },
  // Storage.
  { name: 'shared keys', ...BACKUPS, path: 'properties.allowSharedKeyAccess', value: true },
  { name: 'old TLS', ...BACKUPS, path: 'properties.minimumTlsVersion', value: 'TLS1_0' },
  { name: 'anonymous readers', ...HOST, path: 'properties.allowBlobPublicAccess', value: true },
  { name: 'everybody by network', ...BACKUPS, path: 'properties.networkAcls.defaultAction', value: 'Allow' },
  { name: 'copies to strangers', ...BACKUPS, path: 'properties.allowCrossTenantReplication', value: true },
  { name: 'no trusted services', ...HOST, path: 'properties.networkAcls.bypass', value: 'None' },
  { name: 'one copy', ...BACKUPS, path: 'sku.name', value: 'Standard_LRS' },
  { name: 'no immutability policy', ...BACKUPS, path: `${IMMUTABLE}.immutabilityPolicy`, value: undefined },
  { name: 'no immutability', ...BACKUPS, path: `${IMMUTABLE}.enabled`, value: false },
  {
    name: 'a day of immutability',
    ...BACKUPS,
    path: `${IMMUTABLE}.immutabilityPolicy.immutabilityPeriodSinceCreationInDays`,
    value: 1,
  },
  {
    name: 'a lock nobody asked for',
    ...BACKUPS,
    path: `${IMMUTABLE}.immutabilityPolicy.state`,
    value: 'Locked',
  },
  {
    name: 'no lock',
    ...BACKUPS,
    path: `${IMMUTABLE}.immutabilityPolicy.state`,
    value: 'Unlocked',
    set: 'hardened',
  },
  {
    name: 'an audit log that cannot grow',
    type: 'immutabilityPolicies',
    path: 'properties.allowProtectedAppendWrites',
    value: false,
  },
  {
    name: 'no versions',
    type: 'blobServices',
    of: 'stwardenb',
    path: 'properties.isVersioningEnabled',
    value: false,
  },
  {
    name: 'a lock against writing',
    type: 'Authorization/locks',
    path: 'properties.level',
    value: 'ReadOnly',
  },
  {
    name: 'a rule that reaches the pinned backups',
    type: 'managementPolicies',
    path: 'properties.policy.rules.0.definition.filters.prefixMatch',
    value: ['key-backups/'],
  },
  {
    name: 'a rule that deletes too soon',
    type: 'managementPolicies',
    path: 'properties.policy.rules.0.definition.actions.baseBlob.delete.daysAfterCreationGreaterThan',
    value: 30,
  },
  // Rights.
  {
    name: 'a role that deletes',
    type: 'roleDefinitions',
    path: 'properties.permissions.0.dataActions.1',
    value: 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete',
  },
  {
    name: 'a role that manages',
    type: 'roleDefinitions',
    path: 'properties.permissions.0.actions',
    value: ['*'],
  },
  {
    name: 'a right of the other identity',
    type: 'roleAssignments',
    of: 'hsm-audit',
    path: 'properties.principalId',
    value: `ref(${OTHER_IDENTITY}).principalId`,
  },
  {
    name: 'another role',
    type: 'roleAssignments',
    of: 'hsm-audit',
    path: 'properties.roleDefinitionId',
    value:
      '/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Authorization/roleDefinitions/2b629674-e913-4c01-ae53-ef4638d8f975',
  },
  {
    name: 'a right without its condition',
    type: 'roleAssignments',
    of: 'warden-state',
    path: 'properties.condition',
    value: null,
  },
  {
    name: 'a condition that lets deletes through',
    type: 'roleAssignments',
    of: 'warden-state',
    path: 'properties.condition',
    value:
      "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'})) OR (@Resource[x:path] StringLike 'locks/*'))",
  },
  {
    name: 'a name by the name of an identity',
    type: 'roleAssignments',
    of: 'hsm-audit',
    path: 'name',
    value: 'cf3e57b0-4e8d-56d5-9adb-aabbfb5f5223',
  },
  // Events and the audit hub.
  {
    name: 'another schema',
    type: 'eventSubscriptions',
    of: 'kept',
    path: 'properties.eventDeliverySchema',
    value: 'EventGridSchema',
  },
  {
    name: 'no dead letters',
    type: 'eventSubscriptions',
    of: 'kept',
    path: 'properties.deadLetterWithResourceIdentity',
    value: undefined,
  },
  {
    name: 'events kept for an hour',
    type: 'eventSubscriptions',
    of: 'kept',
    path: 'properties.deliveryWithResourceIdentity.destination.properties.queueMessageTimeToLiveInSeconds',
    value: 3600,
  },
  {
    name: 'events published with a key',
    type: 'EventGrid/topics',
    path: 'properties.disableLocalAuth',
    value: false,
  },
  {
    name: 'an hour of audit records',
    type: 'namespaces/eventhubs',
    path: 'properties.retentionDescription.retentionTimeInHours',
    value: 1,
  },
  {
    name: 'a rule that listens',
    type: 'authorizationRules',
    path: 'properties.rights',
    value: ['Send', 'Listen'],
  },
  {
    name: 'Azure Monitor shut out',
    type: 'networkRuleSets',
    path: 'properties.trustedServiceAccessEnabled',
    value: false,
  },
  // The network.
  {
    name: 'a subnet for another service',
    type: 'virtualNetworks',
    path: 'properties.subnets.0.properties.delegations.0.properties.serviceName',
    value: 'Microsoft.Web/serverFarms',
  },
  {
    name: 'a security group that does not count',
    type: 'virtualNetworks',
    path: 'properties.subnets.2.properties.privateEndpointNetworkPolicies',
    value: 'Disabled',
  },
  {
    name: 'a subnet without a security group',
    type: 'virtualNetworks',
    path: 'properties.subnets.2.properties.networkSecurityGroup',
    value: undefined,
  },
  {
    name: 'everything allowed',
    type: 'networkSecurityGroups',
    of: 'endpoints',
    path: 'properties.securityRules.1.properties.access',
    value: 'Allow',
  },
  {
    name: 'everybody allowed',
    type: 'networkSecurityGroups',
    of: 'endpoints',
    path: 'properties.securityRules.0.properties.sourceAddressPrefixes',
    value: ['*'],
  },
  {
    name: 'another zone',
    type: 'privateDnsZones',
    of: 'eventgrid',
    path: 'name',
    value: 'privatelink.eventgrid.windows.net',
  },
  {
    name: 'a name in another zone',
    type: 'privateDnsZoneGroups',
    of: 'topic',
    path: 'properties.privateDnsZoneConfigs.0.properties.privateDnsZoneId',
    value: '/x/privatelink.blob.core.windows.net',
  },
  {
    name: 'another part of an account',
    type: 'privateEndpoints',
    of: 'stwardenhw3j23au7fj2oi-queue',
    path: 'properties.privateLinkServiceConnections.0.properties.groupIds',
    value: ['blob'],
  },
  {
    name: 'an endpoint of another account',
    type: 'privateEndpoints',
    of: 'stwardenhw3j23au7fj2oi-queue',
    path: 'properties.privateLinkServiceConnections.0.properties.privateLinkServiceId',
    value: '/x',
  },
  {
    name: 'no way out of a zone',
    type: 'virtualNetworkLinks',
    path: 'properties.resolutionPolicy',
    value: 'Default',
  },
  // HSMs and their log.
  {
    name: 'another category',
    type: 'diagnosticSettings',
    of: 'managedHSMs/contoso',
    path: 'properties.logs.0.category',
    value: 'AuditLogs',
  },
  {
    name: 'a category switched off',
    type: 'diagnosticSettings',
    of: 'stwardenb',
    path: 'properties.logs.2.enabled',
    value: false,
  },
  {
    name: 'deletes not logged',
    type: 'diagnosticSettings',
    of: 'stwardenb',
    path: 'properties.logs',
    value: [{ category: 'StorageRead', enabled: true }],
  },
  {
    name: 'one name for every deployment',
    type: 'diagnosticSettings',
    of: 'managedHSMs/contoso',
    path: 'name',
    value: 'hsm-warden',
  },
  {
    name: 'no rule over changes of an HSM in another subscription',
    type: 'activityLogAlerts',
    of: 'alert-changed-hsm-',
    path: 'name',
    value: 'another-rule',
    set: 'max',
  },
  {
    name: 'a rule over changes of an HSM in another subscription that watches something else',
    type: 'activityLogAlerts',
    of: 'alert-changed-hsm-',
    path: 'properties.scopes.0',
    value: '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-warden',
    set: 'max',
  },
  {
    name: 'an HSM whose keys can be purged',
    type: 'managedHSMs',
    path: 'properties.enablePurgeProtection',
    value: false,
    set: 'max',
  },
  {
    name: 'an HSM that forgets in a week',
    type: 'managedHSMs',
    path: 'properties.softDeleteRetentionInDays',
    value: 7,
    set: 'max',
  },
  {
    name: 'an HSM open to the internet',
    type: 'managedHSMs',
    path: 'properties.networkAcls.defaultAction',
    value: 'Allow',
    set: 'hardened',
  },
  {
    name: 'an HSM without a lock',
    type: 'Authorization/locks',
    of: 'managedHSMs/adventure',
    path: 'properties.level',
    value: 'NotSpecified',
    set: 'hardened',
  },
  // Alerts.
  { name: 'an alert that is off', type: 'scheduledQueryRules', path: 'properties.enabled', value: false },
  {
    name: 'an alert nobody hears',
    type: 'scheduledQueryRules',
    path: 'properties.actions.actionGroups',
    value: [],
  },
  {
    name: 'an alert once a day',
    type: 'scheduledQueryRules',
    of: 'key-lost',
    path: 'properties.evaluationFrequency',
    value: 'P1D',
  },
  { name: 'an alert over a thousand', type: 'scheduledQueryRules', path: `${RULE}.threshold`, value: 1000 },
  {
    name: 'an alert that lumps everything together',
    type: 'scheduledQueryRules',
    path: `${RULE}.dimensions`,
    value: [],
  },
  {
    name: 'an alert of no weight',
    type: 'scheduledQueryRules',
    of: 'key-lost',
    path: 'properties.severity',
    value: 4,
  },
  {
    name: 'an alert that waits',
    type: 'scheduledQueryRules',
    path: `${RULE}.failingPeriods.minFailingPeriodsToAlert`,
    value: 2,
  },
  { name: 'a group that is off', type: 'actionGroups', path: 'properties.enabled', value: false },
  { name: 'a group without members', type: 'actionGroups', path: 'properties.emailReceivers', value: [] },
  {
    name: 'a cap that silences',
    type: 'workspaces',
    path: 'properties.workspaceCapping.dailyQuotaGb',
    value: 1,
  },
  { name: 'logs for a month', type: 'workspaces', path: 'properties.retentionInDays', value: 30 },
  { name: 'telemetry by key', type: 'components', path: 'properties.DisableLocalAuth', value: false },
];
