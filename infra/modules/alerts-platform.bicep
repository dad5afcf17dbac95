metadata name = 'Platform alerts'
metadata description = 'Rules that need no app and no log of ours: what the topic measures of itself, and what people change around the product.'

import { hsmDeletions, watchedAlertChanges, watchedHsmChanges } from 'hsm-change-alert.bicep'

@description('Required. Suffix of every name.')
param nameSuffix string

@description('Optional. Tags of every rule.')
param tags { *: string } = {}

@description('Required. Resource id of the action group.')
param actionGroupId string

@description('Required. Resource id of the topic.')
param topicId string

@description('Required. Resource ids of the resource groups of the deployment and of the backups.')
param resourceGroupIds string[]

@description('Required. Resource ids of the HSMs of this subscription: a rule hears of no other. Those elsewhere have one beside them (hsm-change-alert.bicep).')
param hsmIds string[]

// https://learn.microsoft.com/azure/event-grid/monitor-push-reference#metrics
var topicMetrics = [
  {
    name: 'dead-letters'
    metric: 'DeadLetteredCount'
    title: 'Events that nobody took lie in the dead-letter container.'
    severity: 1
    window: 'PT15M'
    threshold: 0
  }
  {
    name: 'dropped-events'
    metric: 'DroppedEventCount'
    title: 'Events were lost: neither delivered nor kept as dead letters.'
    severity: 1
    window: 'PT15M'
    threshold: 0
  }
  {
    name: 'publish-failures'
    metric: 'PublishFailCount'
    title: 'The topic refuses events.'
    severity: 1
    window: 'PT15M'
    threshold: 0
  }
  {
    // A delivery may fail once and be made a moment later; an event that nobody takes is tried six times in its first hour.
    // https://learn.microsoft.com/azure/event-grid/delivery-and-retry#retry-schedule
    name: 'delivery-failures'
    metric: 'DeliveryAttemptFailCount'
    title: 'A receiver of the topic takes no events; after a day they are dead letters.'
    severity: 2
    window: 'PT1H'
    threshold: 5
  }
]

// Whoever may change these can make the product blind, deaf or harmless.
// https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations
var watchedChanges = {
  locks: ['Microsoft.Authorization/locks/write', 'Microsoft.Authorization/locks/delete']
  policies: [
    'Microsoft.Storage/storageAccounts/write'
    'Microsoft.Storage/storageAccounts/delete'
    'Microsoft.Storage/storageAccounts/managementPolicies/write'
    'Microsoft.Storage/storageAccounts/managementPolicies/delete'
    'Microsoft.Storage/storageAccounts/blobServices/write'
    'Microsoft.Storage/storageAccounts/blobServices/containers/write'
    'Microsoft.Storage/storageAccounts/blobServices/containers/delete'
    'Microsoft.Storage/storageAccounts/blobServices/containers/clearLegalHold/action'
    'Microsoft.Storage/storageAccounts/blobServices/containers/migrate/action'
    'Microsoft.Storage/storageAccounts/objectReplicationPolicies/write'
    'Microsoft.Storage/storageAccounts/restoreBlobRanges/action'
    'Microsoft.Storage/storageAccounts/failover/action'
    'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/write'
    'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/delete'
    'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/lock/action'
    'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/extend/action'
  ]
  roles: [
    'Microsoft.Authorization/roleAssignments/write'
    'Microsoft.Authorization/roleAssignments/delete'
    'Microsoft.Authorization/roleDefinitions/write'
    'Microsoft.Authorization/roleDefinitions/delete'
  ]
  diagnostics: [
    'Microsoft.Insights/diagnosticSettings/write'
    'Microsoft.Insights/diagnosticSettings/delete'
  ]
  apps: [
    'Microsoft.Web/sites/write'
    'Microsoft.Web/sites/config/write'
    'Microsoft.Web/sites/stop/action'
    'Microsoft.Web/sites/delete'
    'Microsoft.Web/sites/basicPublishingCredentialsPolicies/write'
    'Microsoft.Web/serverfarms/delete'
  ]
  // What is in a group goes with it.
  groups: [
    'Microsoft.Resources/subscriptions/resourceGroups/delete'
    'Microsoft.Resources/subscriptions/resourceGroups/moveResources/action'
  ]
  // A federated credential lets somebody elsewhere act as an app.
  identities: [
    'Microsoft.ManagedIdentity/userAssignedIdentities/write'
    'Microsoft.ManagedIdentity/userAssignedIdentities/delete'
    'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write'
    'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/delete'
  ]
  // What the rules over the logs read: how long it is kept, how much of it is taken in a day.
  workspaces: [
    'Microsoft.OperationalInsights/workspaces/write'
    'Microsoft.OperationalInsights/workspaces/delete'
    'Microsoft.Insights/components/write'
    'Microsoft.Insights/components/delete'
  ]
  // How events get out, and how the audit log of the HSMs gets in.
  feeds: [
    'Microsoft.EventGrid/topics/write'
    'Microsoft.EventGrid/topics/delete'
    'Microsoft.EventGrid/eventSubscriptions/write'
    'Microsoft.EventGrid/eventSubscriptions/delete'
    'Microsoft.EventHub/namespaces/write'
    'Microsoft.EventHub/namespaces/delete'
    'Microsoft.EventHub/namespaces/eventhubs/write'
    'Microsoft.EventHub/namespaces/eventhubs/delete'
    'Microsoft.EventHub/namespaces/authorizationRules/write'
    'Microsoft.EventHub/namespaces/authorizationRules/delete'
  ]
  // Where the keys are that seal what the apps conclude (infra/sealing-vault.bicep).
  vaults: [
    'Microsoft.KeyVault/vaults/write'
    'Microsoft.KeyVault/vaults/delete'
    'Microsoft.KeyVault/vaults/keys/write'
  ]
}

// Muted from anywhere in the subscription: an alert processing rule suppresses what is in its scope, wherever it lies itself.
// And what is deleted is purged at a place of no group, after which nothing of it comes back.
var subscriptionChanges = [
  { key: 'alerts', operations: watchedAlertChanges, scopes: [subscription().id] }
  {
    key: 'purges'
    operations: [
      'Microsoft.KeyVault/locations/deletedManagedHSMs/purge/action'
      'Microsoft.KeyVault/locations/deletedVaults/purge/action'
    ]
    scopes: [subscription().id]
  }
]

// A scope is a prefix of resource ids: a group, or one resource and what belongs to it.
// https://learn.microsoft.com/azure/templates/microsoft.insights/activitylogalerts
var groupChanges = map(items(watchedChanges), change => {
  key: change.key
  operations: change.value
  scopes: resourceGroupIds
})
// An HSM that is deleted stops every key in it: apart from its other changes, so that it is not taken for one of them.
var hsmChanges = empty(hsmIds)
  ? []
  : [
      { key: 'hsms', operations: watchedHsmChanges, scopes: hsmIds }
      { key: 'hsm-deletion', operations: hsmDeletions, scopes: hsmIds }
    ]

resource topicRules 'Microsoft.Insights/metricAlerts@2026-01-01' = [
  for rule in topicMetrics: {
    name: 'alert-${rule.name}-${nameSuffix}'
    location: 'global'
    tags: tags
    properties: {
      description: rule.title
      enabled: true
      severity: rule.severity
      scopes: [topicId]
      evaluationFrequency: 'PT5M'
      windowSize: rule.window
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: rule.name
            criterionType: 'StaticThresholdCriterion'
            metricNamespace: 'Microsoft.EventGrid/topics'
            metricName: rule.metric
            timeAggregation: 'Total'
            operator: 'GreaterThan'
            threshold: rule.threshold
          }
        ]
      }
      actions: [{ actionGroupId: actionGroupId }]
    }
  }
]

// A deployment changes most of these as well: each reports itself once. Nobody else should.
resource changeRules 'Microsoft.Insights/activityLogAlerts@2026-01-01' = [
  for change in concat(groupChanges, subscriptionChanges, hsmChanges): {
    name: 'alert-changed-${change.key}-${nameSuffix}'
    location: 'global'
    tags: tags
    properties: {
      description: 'Somebody changed what the product relies on (${change.key}). Expected, or not?'
      enabled: true
      scopes: change.scopes
      condition: {
        allOf: [
          { field: 'category', equals: 'Administrative' }
          { field: 'status', equals: 'Succeeded' }
          { anyOf: map(change.operations, operation => { field: 'operationName', equals: operation }) }
        ]
      }
      actions: { actionGroups: [{ actionGroupId: actionGroupId }] }
    }
  }
]
