metadata name = 'Event topic'
metadata description = 'Event Grid topic for the findings, as CloudEvents. Takes events from known identities only.'

import { reasonedPrincipalType } from 'types/identities.bicep'

@description('Required. Name of the topic.')
param name string

@description('Required. Location of the topic.')
param location string

@description('Optional. Tags of the topic.')
param tags { *: string } = {}

@description('Optional. Whether the topic can be reached from outside the private network.')
param publicNetworkAccess bool = false

@description('Required. The identities that publish.')
param publishers reasonedPrincipalType[]

var dataSenderRoleId = 'd5a91429-5739-47e2-a06b-3470a27159e7'

resource topic 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: name
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    inputSchema: 'CloudEventSchemaV1_0'
    disableLocalAuth: true
    minimumTlsVersionAllowed: '1.2'
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource senderAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for publisher in publishers: {
    scope: topic
    name: guid(topic.id, publisher.principalId, dataSenderRoleId)
    properties: {
      principalId: publisher.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataSenderRoleId)
      description: 'EventGrid Data Sender: ${publisher.why}'
    }
  }
]

@description('Resource id of the topic.')
output resourceId string = topic.id

@description('Where events are published.')
output endpoint string = topic.properties.endpoint

@description('Principal id of the topic, for delivery into storage.')
output principalId string = topic.identity.principalId
