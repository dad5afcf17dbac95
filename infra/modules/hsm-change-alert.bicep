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
  'Microsoft.KeyVault/managedHSMs/delete'
  'Microsoft.KeyVault/managedHSMs/privateEndpointConnections/write'
  'Microsoft.KeyVault/managedHSMs/privateEndpointConnections/delete'
  'Microsoft.Insights/diagnosticSettings/write'
  'Microsoft.Insights/diagnosticSettings/delete'
  'Microsoft.Authorization/locks/write'
  'Microsoft.Authorization/locks/delete'
  'Microsoft.Authorization/roleAssignments/write'
  'Microsoft.Authorization/roleAssignments/delete'
]

resource managedHsm 'Microsoft.KeyVault/managedHSMs@2026-05-15' existing = {
  name: hsmName
}

resource changeRule 'Microsoft.Insights/activityLogAlerts@2026-01-01' = {
  // Deployments that protect HSMs of one group have rules of their own.
  name: 'alert-changed-hsm-${hsmName}-${nameSuffix}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Somebody changed the HSM ${hsmName}, which the product relies on. Expected, or not?'
    enabled: true
    scopes: [managedHsm.id]
    condition: {
      allOf: [
        { field: 'category', equals: 'Administrative' }
        { field: 'status', equals: 'Succeeded' }
        { anyOf: map(watchedHsmChanges, operation => { field: 'operationName', equals: operation }) }
      ]
    }
    actions: { actionGroups: [{ actionGroupId: actionGroupId }] }
  }
}
