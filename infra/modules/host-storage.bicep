metadata name = 'Host storage'
metadata description = 'Storage account of one function app: its package, the state of its host, its queues and documents. No shared key, no anonymous access.'

import { assignmentType } from 'types/identities.bicep'

// ================ //
// Parameters       //
// ================ //

@description('Required. Name of the storage account.')
@minLength(3)
@maxLength(24)
param name string

@description('Required. Location of the account.')
param location string

@description('Optional. Tags of every resource.')
param tags { *: string } = {}

@description('Optional. Redundancy of the account.')
param skuName ('Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS' | 'Standard_GZRS') = 'Standard_ZRS'

@description('Optional. Whether the account can be reached from outside the private network.')
param publicNetworkAccess bool = false

@description('Required. Names of the containers.')
param containerNames string[]

@description('Required. Names of the queues.')
param queueNames string[]

@description('Required. Principal id of the identity of the app whose host this is.')
param ownerPrincipalId string

@description('Optional. Rights of others on single containers.')
param containerAssignments assignmentType[] = []

@description('Optional. Rights of others on single queues.')
param queueAssignments assignmentType[] = []

@description('Optional. Whether Event Grid, a trusted service without a place in the network, may deliver into the account by its identity.')
param trustedServices bool = false

@description('Required. Resource id of the Log Analytics workspace for the log of the queues.')
param workspaceId string

// ================ //
// Variables        //
// ================ //

// What a Functions host needs of its own storage account:
// https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
var hostRoles = [
  {
    name: 'Storage Blob Data Owner'
    id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
    why: 'The Functions host keeps its locks, timers, checkpoints and the package here.'
  }
  {
    name: 'Storage Queue Data Contributor'
    id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
    why: 'The host reads the work queues, moves poison messages, and the app sends work to itself.'
  }
  {
    name: 'Storage Table Data Contributor'
    id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
    why: 'The host writes its diagnostic events here.'
  }
]

// ================ //
// Resources        //
// ================ //

resource account 'Microsoft.Storage/storageAccounts@2026-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: skuName }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
    networkAcls: {
      defaultAction: publicNetworkAccess ? 'Allow' : 'Deny'
      bypass: trustedServices ? 'AzureServices' : 'None'
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: 7 }
      containerDeleteRetentionPolicy: { enabled: true, days: 7 }
    }

    resource containers 'containers' = [
      for container in containerNames: {
        name: container
        properties: { publicAccess: 'None' }
      }
    ]
  }

  resource queueService 'queueServices' = {
    name: 'default'

    resource queues 'queues' = [
      for queue in queueNames: {
        name: queue
      }
    ]
  }
}

// A message that lands in a poison queue shows here even when the app is dead: the alert rules read it.
// The stable version of 2016 does not know hubs by name; Azure's own documentation uses this preview.
#disable-next-line use-recent-api-versions
resource queueLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account::queueService
  name: 'hsm-warden'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'StorageWrite', enabled: true }]
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource ownerAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in hostRoles: {
    scope: account
    name: guid(account.id, ownerPrincipalId, role.id)
    properties: {
      principalId: ownerPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.id)
      description: '${role.name}: ${role.why}'
    }
  }
]

resource assignedContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2026-06-01' existing = [
  for assignment in containerAssignments: {
    parent: account::blobs
    name: assignment.target
  }
]

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource assignmentsOnContainers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (assignment, index) in containerAssignments: {
    scope: assignedContainers[index]
    name: guid(account.id, assignment.target, assignment.principalId, assignment.roleId)
    properties: {
      principalId: assignment.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', assignment.roleId)
      description: '${assignment.roleName}: ${assignment.why}'
      condition: assignment.?condition
      conditionVersion: assignment.?condition == null ? null : '2.0'
    }
    dependsOn: [account::blobs::containers]
  }
]

resource assignedQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2026-06-01' existing = [
  for assignment in queueAssignments: {
    parent: account::queueService
    name: assignment.target
  }
]

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource assignmentsOnQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (assignment, index) in queueAssignments: {
    scope: assignedQueues[index]
    name: guid(account.id, assignment.target, assignment.principalId, assignment.roleId)
    properties: {
      principalId: assignment.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', assignment.roleId)
      description: '${assignment.roleName}: ${assignment.why}'
      condition: assignment.?condition
      conditionVersion: assignment.?condition == null ? null : '2.0'
    }
    dependsOn: [account::queueService::queues]
  }
]

// ================ //
// Outputs          //
// ================ //

@description('Resource id of the account.')
output resourceId string = account.id
