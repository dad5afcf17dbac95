metadata name = 'HSM change alert'
metadata description = 'The rule over the changes of an HSM in another subscription than the deployment: a rule hears of its own subscription alone. Deployed into the resource group of the HSM.'

@description('Required. Name of the Managed HSM.')
param hsmName string

@description('Required. Suffix of every name.')
param nameSuffix string

@description('Optional. Tags of every rule.')
param tags { *: string } = {}

@description('Required. Resource id of the action group, which may be in another subscription.')
param actionGroupId string

// Of an HSM: what it is, who reaches it, and where its audit log goes. Its local roles are in that log alone.
@export()
var watchedHsmChanges = [
  'Microsoft.KeyVault/managedHSMs/write'
  'Microsoft.KeyVault/managedHSMs/privateEndpointConnectionsApproval/action'
  'Microsoft.KeyVault/managedHSMs/privateEndpointConnections/write'
  'Microsoft.KeyVault/managedHSMs/privateEndpointConnections/delete'
  'Microsoft.Insights/diagnosticSettings/write'
  'Microsoft.Insights/diagnosticSettings/delete'
  'Microsoft.Authorization/locks/write'
  'Microsoft.Authorization/locks/delete'
  'Microsoft.Authorization/roleAssignments/write'
  'Microsoft.Authorization/roleAssignments/delete'
]

// Every key of it stops with it.
@export()
var hsmDeletions = ['Microsoft.KeyVault/managedHSMs/delete']

// Whoever may write these can keep an alert from anybody. https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-processing-rules
@export()
var watchedAlertChanges = [
  'Microsoft.Insights/scheduledQueryRules/write'
  'Microsoft.Insights/scheduledQueryRules/delete'
  'Microsoft.Insights/metricAlerts/write'
  'Microsoft.Insights/metricAlerts/delete'
  'Microsoft.Insights/activityLogAlerts/write'
  'Microsoft.Insights/activityLogAlerts/delete'
  'Microsoft.Insights/actionGroups/write'
  'Microsoft.Insights/actionGroups/delete'
  'Microsoft.AlertsManagement/actionRules/write'
  'Microsoft.AlertsManagement/actionRules/delete'
]

var changes = [
  { name: 'hsm', operations: watchedHsmChanges, scope: managedHsm.id }
  { name: 'hsm-deletion', operations: hsmDeletions, scope: managedHsm.id }
  { name: 'alerts', operations: watchedAlertChanges, scope: subscription().id }
]

resource managedHsm 'Microsoft.KeyVault/managedHSMs@2026-05-15' existing = {
  name: hsmName
}

resource changeRules 'Microsoft.Insights/activityLogAlerts@2026-01-01' = [
  for change in changes: {
    // Deployments that protect HSMs of one group have rules of their own.
    name: 'alert-changed-${change.name}-${hsmName}-${nameSuffix}'
    location: 'global'
    tags: tags
    properties: {
      description: 'Somebody changed the HSM ${hsmName}, deleted it, or changed the alerts in its subscription (${change.name}). Expected, or not?'
      enabled: true
      scopes: [change.scope]
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
