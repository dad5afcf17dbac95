metadata name = 'Drill grants'
metadata description = 'What the drill app may do beside the two other apps: keep its journal and its results, ask for a fresh backup, publish events and telemetry.'

@description('Required. Object id of the identity of the drill app.')
param principalId string
@description('Required. Name of the storage account of the state.')
param recoveryHostName string
@description('Required. Name of the container of the state.')
param stateContainer string
@description('Required. Condition under which the app writes state.')
param stateCondition string
@description('Required. Name of the storage account with the queues of the backup app.')
param backupHostName string
@description('Required. Names of the queues it may send to.')
param queueNames string[]
@description('Required. Name of the topic.')
param topicName string
@description('Required. Name of Application Insights.')
param insightsName string

// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
var roles = {
  blobContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  queueSender: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
  eventSender: 'd5a91429-5739-47e2-a06b-3470a27159e7'
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}

resource recoveryHost 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: recoveryHostName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource state 'containers' existing = { name: stateContainer }
  }
}

resource backupHost 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: backupHostName

  resource queues 'queueServices' existing = { name: 'default' }
}

resource sendQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2026-06-01' existing = [
  for name in queueNames: {
    parent: backupHost::queues
    name: name
  }
]

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topicName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource writesState 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: recoveryHost::blobs::state
  name: guid(recoveryHost::blobs::state.id, principalId, roles.blobContributor)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobContributor)
    description: 'Storage Blob Data Contributor: the drill app keeps its journal and its results. The condition keeps it from everything else.'
    condition: stateCondition
    conditionVersion: '2.0'
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource asksForBackups 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in queueNames: {
    scope: sendQueues[index]
    name: guid(sendQueues[index].id, principalId, roles.queueSender)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.queueSender)
      description: 'Storage Queue Data Message Sender: the drill app asks for fresh backups, and hands its events over.'
    }
  }
]

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource publishesEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: topic
  name: guid(topic.id, principalId, roles.eventSender)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.eventSender)
    description: 'EventGrid Data Sender: the drill app reports what drills have found.'
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource publishesTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, principalId, roles.metricsPublisher)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.metricsPublisher
    )
    description: 'Monitoring Metrics Publisher: the drill app sends its telemetry.'
  }
}
