metadata name = 'Foundation'
metadata description = 'What both apps stand on: their identities, the logs, the topic, the audit hub, the storage of their hosts and the network.'

import { namesType, receiversType } from 'types/general.bicep'
import { identityType } from 'types/identities.bicep'
import { existingNetworkType, subnetsType } from 'types/network.bicep'
import { skuType } from 'types/storage.bicep'
import { auditConsumerGroup, auditHubName } from 'names.bicep'

@description('Required. Names of the resources.')
param names namesType
@description('Required. Location of everything.')
param location string
@description('Optional. Tags of every resource.')
param tags { *: string } = {}
@description('Required. Who receives an alert.')
param alertReceivers receiversType
@description('Required. Days the logs are kept.')
param logRetentionInDays int
@description('Required. Redundancy of the storage of the hosts.')
param hostStorageSkuName skuType
@description('Required. Whether the region has availability zones.')
param regionHasZones bool
@description('Required. Whether everything is reached through private endpoints.')
param privateNetworking bool
@description('Required. Address space of a new network.')
param addressPrefix string
@description('Required. Address ranges of operators that may reach the private endpoints.')
param operatorAddressPrefixes string[]
@description('Optional. A network that exists already.')
param existingNetwork existingNetworkType?

module backupIdentity 'identity.bicep' = {
  params: { name: names.backupIdentity, location: location, tags: tags }
}

module recoveryIdentity 'identity.bicep' = {
  params: { name: names.recoveryIdentity, location: location, tags: tags }
}

// Object ids make the names of role assignments: an identity that was removed and made again has another one, and an
// assignment of the old one cannot be changed. https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
var backup = { name: names.backupIdentity, principalId: backupIdentity.outputs.principalId }
var recovery = { name: names.recoveryIdentity, principalId: recoveryIdentity.outputs.principalId }
var topicIdentity = { name: names.topic, principalId: topic.outputs.principalId }

module logs 'logs.bicep' = {
  params: {
    nameSuffix: names.suffix
    location: location
    tags: tags
    retentionInDays: logRetentionInDays
    receivers: alertReceivers
  }
}

module topic 'event-topic.bicep' = {
  params: {
    name: names.topic
    location: location
    tags: tags
    publicNetworkAccess: !privateNetworking
    publishers: [
      { ...backup, why: 'The watch publishes its findings.' }
      { ...recovery, why: 'The recovery app reports each step of a recovery.' }
    ]
  }
}

module auditHub 'audit-hub.bicep' = {
  params: {
    name: names.namespace
    location: location
    tags: tags
    hubName: auditHubName
    consumerGroup: auditConsumerGroup
    publicNetworkAccess: !privateNetworking
    #disable-next-line what-if-short-circuiting // Only an object id tells a new identity from a removed one.
    readerPrincipalId: backup.principalId
  }
}

module hosts 'hosts.bicep' = {
  params: {
    names: { backupHost: names.backupHost, recoveryHost: names.recoveryHost }
    location: location
    tags: tags
    hostStorageSkuName: hostStorageSkuName
    regionHasZones: regionHasZones
    privateNetworking: privateNetworking
    #disable-next-line what-if-short-circuiting // Only an object id tells a new identity from a removed one.
    backup: backup
    #disable-next-line what-if-short-circuiting // Only an object id tells a new identity from a removed one.
    recovery: recovery
    topicIdentity: topicIdentity
    workspaceId: logs.outputs.workspaceId
  }
}

module network 'network.bicep' = if (privateNetworking) {
  params: {
    name: names.network
    location: location
    tags: tags
    addressPrefix: addressPrefix
    operatorAddressPrefixes: operatorAddressPrefixes
    existingNetwork: existingNetwork
  }
}

@description('The identity of the backup app.')
output backupIdentity identityType = {
  ...backup
  resourceId: backupIdentity.outputs.resourceId
  clientId: backupIdentity.outputs.clientId
}
@description('The identity of the recovery app.')
output recoveryIdentity identityType = {
  ...recovery
  resourceId: recoveryIdentity.outputs.resourceId
  clientId: recoveryIdentity.outputs.clientId
}
// Outputs of the deployment, by the names they have there.
@description('Object id of the identity of the backup app, for the local roles of the HSMs.')
output HSM_WARDEN_BACKUP_PRINCIPAL string = backupIdentity.outputs.principalId
@description('Object id of the identity of the recovery app, for the local roles of the HSMs.')
output HSM_WARDEN_RECOVERY_PRINCIPAL string = recoveryIdentity.outputs.principalId
@description('Resource id of the workspace.')
output workspaceId string = logs.outputs.workspaceId
@description('Resource id of the action group.')
output actionGroupId string = logs.outputs.actionGroupId
@description('Resource id of the topic.')
output topicId string = topic.outputs.resourceId
@description('Where events are published.')
output topicEndpoint string = topic.outputs.endpoint
@description('Host name of the namespace of the audit hub.')
output auditHubNamespace string = auditHub.outputs.fullyQualifiedNamespace
@description('Resource id of the rule by which Azure Monitor sends to the audit hub.')
output senderRuleId string = auditHub.outputs.senderRuleId
@description('Resource id of the account of the backup app.')
output backupHostId string = hosts.outputs.backupHostId
@description('The subnets, where there is a private network.')
output subnets subnetsType? = privateNetworking
  ? {
      backup: network!.outputs.backupSubnetId
      recovery: network!.outputs.recoverySubnetId
      endpoints: network!.outputs.endpointsSubnetId
      drill: network!.outputs.?drillSubnetId
    }
  : null
