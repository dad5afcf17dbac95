/** Rules that need no app and no log of ours: what the topic measures of itself, and changes around the product. */
import type { Expected } from '../expected.ts';
import type { Facts } from '../facts.ts';
import { SOMETHING, sameItems } from '../pattern.ts';

/** Where the predictions deploy to. */
const OWN_SUBSCRIPTION = '00000000-0000-0000-0000-000000000001';

/** Of the topic: what it measures, how loud, over which time, and beyond how many. */
const METRICS: Readonly<
  Record<string, readonly [metric: string, severity: number, window: string, threshold: number]>
> = {
  'dead-letters': ['DeadLetteredCount', 1, 'PT15M', 0],
  'dropped-events': ['DroppedEventCount', 1, 'PT15M', 0],
  'publish-failures': ['PublishFailCount', 1, 'PT15M', 0],
  'delivery-failures': ['DeliveryAttemptFailCount', 2, 'PT1H', 5],
};

/** Changes that make the product blind, deaf or harmless, by what they change. */
const WATCHED_CHANGES: Readonly<Record<string, readonly string[]>> = {
  apps: [
    ...['write', 'config/write', 'stop/action', 'delete', 'basicPublishingCredentialsPolicies/write'].map(
      (action) => `Microsoft.Web/sites/${action}`,
    ),
    'Microsoft.Web/serverfarms/delete',
  ],
  groups: ['delete', 'moveResources/action'].map(
    (action) => `Microsoft.Resources/subscriptions/resourceGroups/${action}`,
  ),
  diagnostics: both('Microsoft.Insights/diagnosticSettings'),
  feeds: [
    ...both('Microsoft.EventGrid/topics'),
    ...both('Microsoft.EventGrid/eventSubscriptions'),
    ...both('Microsoft.EventHub/namespaces'),
    ...both('Microsoft.EventHub/namespaces/eventhubs'),
    ...both('Microsoft.EventHub/namespaces/authorizationRules'),
  ],
  identities: [
    ...both('Microsoft.ManagedIdentity/userAssignedIdentities'),
    ...both('Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials'),
  ],
  locks: both('Microsoft.Authorization/locks'),
  policies: [
    ...both('Microsoft.Storage/storageAccounts'),
    ...both('Microsoft.Storage/storageAccounts/managementPolicies'),
    'Microsoft.Storage/storageAccounts/blobServices/write',
    ...['write', 'delete', 'clearLegalHold/action', 'migrate/action'].map(
      (action) => `Microsoft.Storage/storageAccounts/blobServices/containers/${action}`,
    ),
    ...['objectReplicationPolicies/write', 'restoreBlobRanges/action', 'failover/action'].map(
      (action) => `Microsoft.Storage/storageAccounts/${action}`,
    ),
    ...both('Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies'),
    ...['lock/action', 'extend/action'].map(
      (action) => `Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/${action}`,
    ),
  ],
  roles: [
    ...both('Microsoft.Authorization/roleAssignments'),
    ...both('Microsoft.Authorization/roleDefinitions'),
  ],
  workspaces: [...both('Microsoft.OperationalInsights/workspaces'), ...both('Microsoft.Insights/components')],
  vaults: [...both('Microsoft.KeyVault/vaults'), 'Microsoft.KeyVault/vaults/keys/write'],
};

/** Wherever in the subscription: a processing rule anywhere mutes what is in its scope. */
const ALERT_CHANGES: readonly string[] = [
  ...['scheduledQueryRules', 'metricAlerts', 'activityLogAlerts', 'actionGroups'].flatMap((type) =>
    both(`Microsoft.Insights/${type}`),
  ),
  ...both('Microsoft.AlertsManagement/actionRules'),
];
/** What is purged lies in no group. */
const PURGES: readonly string[] = ['deletedManagedHSMs', 'deletedVaults'].map(
  (type) => `Microsoft.KeyVault/locations/${type}/purge/action`,
);
const HSM_DELETIONS: readonly string[] = ['Microsoft.KeyVault/managedHSMs/delete'];
const HSM_CHANGES: readonly string[] = [
  'Microsoft.KeyVault/managedHSMs/write',
  'Microsoft.KeyVault/managedHSMs/privateEndpointConnectionsApproval/action',
  ...both('Microsoft.KeyVault/managedHSMs/privateEndpointConnections'),
  ...both('Microsoft.Insights/diagnosticSettings'),
  ...both('Microsoft.Authorization/locks'),
  ...both('Microsoft.Authorization/roleAssignments'),
];

export function platformAlerts({ promise, names, id, hsmId }: Facts): readonly Expected[] {
  const actionGroupId = id('Microsoft.Insights/actionGroups', names.actionGroup);
  const groups = ['rg-warden', promise.backupGroup].map(
    (group) => `/subscriptions/${OWN_SUBSCRIPTION}/resourceGroups/${group}`,
  );
  // A rule hears of no other subscription than its own: an HSM elsewhere has one beside it.
  const hsms = promise.hsms.filter(({ subscription }) => subscription === OWN_SUBSCRIPTION);
  const elsewhere = promise.hsms.filter(({ subscription }) => subscription !== OWN_SUBSCRIPTION);
  const changes = [
    ...Object.entries(WATCHED_CHANGES).map(([kind, operations]) => [kind, operations, groups] as const),
    ['alerts', ALERT_CHANGES, [`/subscriptions/${OWN_SUBSCRIPTION}`]] as const,
    ['purges', PURGES, [`/subscriptions/${OWN_SUBSCRIPTION}`]] as const,
    ...(hsms.length === 0
      ? []
      : [
          ['hsms', HSM_CHANGES, hsms.map(hsmId)] as const,
          ['hsm-deletion', HSM_DELETIONS, hsms.map(hsmId)] as const,
        ]),
    ...elsewhere.flatMap((hsm) => [
      [`hsm-${hsm.name}`, HSM_CHANGES, [hsmId(hsm)]] as const,
      [`hsm-deletion-${hsm.name}`, HSM_DELETIONS, [hsmId(hsm)]] as const,
      [`alerts-${hsm.name}`, ALERT_CHANGES, [`/subscriptions/${hsm.subscription}`]] as const,
    ]),
  ];
  const common = { location: 'global', tags: promise.tags };
  return [
    ...Object.entries(METRICS).map(([name, [metricName, severity, windowSize, threshold]]) => ({
      rule: 'alerts',
      type: 'Microsoft.Insights/metricAlerts',
      name: `alert-${name}-${names.suffix}`,
      like: {
        ...common,
        properties: {
          description: SOMETHING,
          enabled: true,
          severity,
          scopes: [id('Microsoft.EventGrid/topics', names.topic)],
          evaluationFrequency: 'PT5M',
          windowSize,
          criteria: {
            'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria',
            allOf: [
              {
                name,
                criterionType: 'StaticThresholdCriterion',
                metricNamespace: 'Microsoft.EventGrid/topics',
                metricName,
                timeAggregation: 'Total',
                operator: 'GreaterThan',
                threshold,
              },
            ],
          },
          actions: [{ actionGroupId }],
        },
      },
    })),
    ...changes.map(([kind, operations, scopes]) => ({
      rule: 'alerts',
      type: 'Microsoft.Insights/activityLogAlerts',
      name: `alert-changed-${kind}-${names.suffix}`,
      like: {
        ...common,
        properties: {
          description: SOMETHING,
          enabled: true,
          scopes: sameItems(scopes),
          condition: {
            allOf: [
              { field: 'category', equals: 'Administrative' },
              { field: 'status', equals: 'Succeeded' },
              { anyOf: operations.map((equals) => ({ field: 'operationName', equals })) },
            ],
          },
          actions: { actionGroups: [{ actionGroupId }] },
        },
      },
    })),
  ];
}

function both(type: string): readonly string[] {
  return [`${type}/write`, `${type}/delete`];
}
