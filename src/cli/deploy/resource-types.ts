/** What the deployment makes, as policies see it: types, and where each is. test/cli/deploy compares it with the template. */

/** Where resources of a type are: in the region of the deployment, nowhere (`global`), or within another resource. */
export type Place = 'region' | 'global' | 'within';

/** Types of the resources, each with its place. */
export const RESOURCE_TYPES: Readonly<Record<string, Place>> = {
  'Microsoft.Authorization/locks': 'within',
  'Microsoft.Authorization/roleAssignments': 'within',
  'Microsoft.Authorization/roleDefinitions': 'within',
  'Microsoft.EventGrid/topics': 'region',
  'Microsoft.EventGrid/topics/eventSubscriptions': 'within',
  'Microsoft.EventHub/namespaces': 'region',
  'Microsoft.EventHub/namespaces/authorizationRules': 'within',
  'Microsoft.EventHub/namespaces/eventhubs': 'within',
  'Microsoft.EventHub/namespaces/eventhubs/consumergroups': 'within',
  'Microsoft.EventHub/namespaces/networkRuleSets': 'within',
  'Microsoft.Insights/actionGroups': 'global',
  'Microsoft.Insights/activityLogAlerts': 'global',
  'Microsoft.Insights/components': 'region',
  'Microsoft.Insights/diagnosticSettings': 'within',
  'Microsoft.Insights/metricAlerts': 'global',
  'Microsoft.Insights/scheduledQueryRules': 'region',
  'Microsoft.Insights/workbooks': 'region',
  'Microsoft.ManagedIdentity/userAssignedIdentities': 'region',
  'Microsoft.OperationalInsights/workspaces': 'region',
  'Microsoft.Storage/storageAccounts': 'region',
  'Microsoft.Storage/storageAccounts/blobServices': 'within',
  'Microsoft.Storage/storageAccounts/blobServices/containers': 'within',
  'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies': 'within',
  'Microsoft.Storage/storageAccounts/managementPolicies': 'within',
  'Microsoft.Storage/storageAccounts/queueServices': 'within',
  'Microsoft.Storage/storageAccounts/queueServices/queues': 'within',
  'Microsoft.Web/serverfarms': 'region',
  'Microsoft.Web/sites': 'region',
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': 'within',
  'Microsoft.Web/sites/config': 'within',
};

/** Those of a private network. */
export const NETWORK_TYPES: Readonly<Record<string, Place>> = {
  'Microsoft.Network/networkSecurityGroups': 'region',
  'Microsoft.Network/privateDnsZones': 'global',
  'Microsoft.Network/privateDnsZones/virtualNetworkLinks': 'global',
  'Microsoft.Network/privateEndpoints': 'region',
  'Microsoft.Network/privateEndpoints/privateDnsZoneGroups': 'within',
  'Microsoft.Network/virtualNetworks': 'region',
};

/** That of a new HSM. */
export const HSM_TYPES: Readonly<Record<string, Place>> = { 'Microsoft.KeyVault/managedHSMs': 'region' };
