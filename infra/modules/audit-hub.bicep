metadata name = 'Audit hub'
metadata description = 'Event Hub that takes the AuditEvent records of the HSMs: the only push signal a Managed HSM has.'

@description('Required. Name of the namespace.')
param name string

@description('Required. Location: that of the HSMs, because diagnostic settings deliver within a region only.')
param location string

@description('Optional. Tags of the namespace.')
param tags { *: string } = {}

@description('Required. Name of the hub.')
param hubName string

@description('Required. Name of the consumer group of the backup app.')
param consumerGroup string

@description('Optional. Whether the namespace can be reached from outside the private network.')
param publicNetworkAccess bool = false

@description('Required. Principal id of the identity that reads.')
param readerPrincipalId string

var dataReceiverRoleId = 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde'

resource namespace 'Microsoft.EventHub/namespaces@2026-01-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Standard', tier: 'Standard', capacity: 1 }
  properties: {
    minimumTlsVersion: '1.2'
    isAutoInflateEnabled: true
    maximumThroughputUnits: 4
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
    // Azure Monitor can only write by a rule of the namespace, not by an identity, so keys cannot be switched off:
    // https://github.com/MicrosoftDocs/azure-docs/issues/119932. Nothing of ours holds one; the rule may only send.
    disableLocalAuth: false
  }

  resource networkRules 'networkRuleSets' = {
    name: 'default'
    properties: {
      publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
      defaultAction: publicNetworkAccess ? 'Allow' : 'Deny'
      // Azure Monitor is one of the trusted services.
      trustedServiceAccessEnabled: true
    }
  }

  resource senderRule 'authorizationRules' = {
    name: 'azure-monitor-sends'
    // With the hub named in the diagnostic setting, the right to send is enough.
    properties: { rights: ['Send'] }
  }

  resource hub 'eventhubs' = {
    name: hubName
    properties: {
      partitionCount: 4
      retentionDescription: { cleanupPolicy: 'Delete', retentionTimeInHours: 168 }
    }

    resource group 'consumergroups' = {
      name: consumerGroup
    }
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource readerAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: namespace::hub
  name: guid(namespace::hub.id, readerPrincipalId, dataReceiverRoleId)
  properties: {
    principalId: readerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataReceiverRoleId)
    description: 'Azure Event Hubs Data Receiver: the backup app reads the audit records of the HSMs.'
  }
}

@description('Resource id of the namespace.')
output resourceId string = namespace.id

@description('Host name of the namespace.')
output fullyQualifiedNamespace string = replace(
  replace(namespace.properties.serviceBusEndpoint, 'https://', ''),
  ':443/',
  ''
)

@description('Resource id of the rule by which Azure Monitor sends.')
output senderRuleId string = namespace::senderRule.id
