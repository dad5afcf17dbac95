/** Rules that need no app and no log of ours: what the topic measures of itself, and changes around the product. */
import type { Expected } from '../expected.ts';
import type { Facts } from '../facts.ts';
import { SOMETHING, sameItems } from '../pattern.ts';

/** Where the predictions deploy to. */
const OWN_SUBSCRIPTION = '00000000-0000-0000-0000-000000000001';

const METRICS: Readonly<Record<string, string>> = {
  'dead-letters': 'DeadLetteredCount',
  'dropped-events': 'DroppedEventCount',
  'publish-failures': 'PublishFailCount',
};

/** Changes that make the product blind, deaf or harmless, by what they change. */
const WATCHED_CHANGES: Readonly<Record<string, readonly string[]>> = {
  alerts: [
    ...['scheduledQueryRules', 'metricAlerts', 'activityLogAlerts', 'actionGroups'].flatMap((type) =>
      both(`Microsoft.Insights/${type}`),
    ),
    ...both('Microsoft.AlertsManagement/actionRules'),
  ],
  apps: ['write', 'config/write', 'stop/action', 'delete'].map((action) => `Microsoft.Web/sites/${action}`),
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
    'Microsoft.Storage/storageAccounts/blobServices/containers/delete',
    ...both('Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies'),
  ],
  roles: [
    ...both('Microsoft.Authorization/roleAssignments'),
    ...both('Microsoft.Authorization/roleDefinitions'),
  ],
  workspaces: [...both('Microsoft.OperationalInsights/workspaces'), ...both('Microsoft.Insights/components')],
  vaults: [...both('Microsoft.KeyVault/vaults'), 'Microsoft.KeyVault/vaults/keys/write'],
};

const HSM_CHANGES: readonly string[] = [
  ...both('Microsoft.KeyVault/managedHSMs'),
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
    ...(hsms.length === 0 ? [] : [['hsms', HSM_CHANGES, hsms.map(hsmId)] as const]),
    ...elsewhere.map((hsm) => [`hsm-${hsm.name}`, HSM_CHANGES, [hsmId(hsm)]] as const),
  ];
  const common = { location: 'global', tags: promise.tags };
  return [
    ...Object.entries(METRICS).map(([name, metricName]) => ({
      rule: 'alerts',
      type: 'Microsoft.Insights/metricAlerts',
      name: `alert-${name}-${names.suffix}`,
      like: {
        ...common,
        properties: {
          description: SOMETHING,
          enabled: true,
          severity: 1,
          scopes: [id('Microsoft.EventGrid/topics', names.topic)],
          evaluationFrequency: 'PT5M',
          windowSize: 'PT15M',
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
                threshold: 0,
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
