metadata name = 'Connections'
metadata description = 'What comes after the apps: private endpoints, the rights on the backups, and who gets the events.'

import { namesType } from 'types/general.bicep'
import { hsmType } from 'types/hsms.bicep'
import { identityType } from 'types/identities.bicep'
import { existingNetworkType, privateDnsType } from 'types/network.bicep'
import { containers, eventQueue, zonesOf } from 'names.bicep'

@description('Required. Names of the resources.')
param names namesType
@description('Required. Location of the endpoints.')
param location string
@description('Optional. Tags of every resource.')
param tags { *: string } = {}
@description('Required. Resource group of the backups.')
param backupResourceGroupName string
@description('Required. The HSMs, those for drills among them.')
param hsms hsmType[]
@description('Required. Whether there is a drill app.')
param drills bool
@description('Required. Whether the apps can be called from outside the network.')
param publicApps bool
@description('Required. Whether everything is reached through private endpoints.')
param privateNetworking bool
@description('Optional. A network that exists already.')
param existingNetwork existingNetworkType?
@description('Optional. Resource id of the subnet of the endpoints, where there is a private network.')
param endpointsSubnetId string?
@description('Required. Who keeps the private DNS records.')
param privateDns privateDnsType
@description('Required. The identity of the backup app.')
param backup identityType
@description('Required. The identity of the recovery app.')
param recovery identityType
@description('Required. Resource id of the account of the event queue and the dead letters.')
param backupHostId string
@description('Optional. https URL that gets every event.')
@secure()
param eventWebhookUrl string = ''
@description('Optional. Entra application of that webhook.')
param eventWebhookApplication string?

module privateEndpoints 'private-endpoints.bicep' = if (privateNetworking) {
  params: {
    names: names
    location: location
    tags: tags
    backupResourceGroupName: backupResourceGroupName
    hsms: hsms
    drills: drills
    publicApps: publicApps
    networkId: existingNetwork == null
      ? resourceId('Microsoft.Network/virtualNetworks', names.network)
      : join(take(split(existingNetwork!.endpointsSubnetId, '/'), 9), '/')
    endpointsSubnetId: endpointsSubnetId!
    zones: zonesOf(environment().name, environment().suffixes.storage)
    privateDns: privateDns
  }
}

// The rights on the backups come late: a custom role is known everywhere only some minutes after it was made.
module backupGrants 'backup-grants.bicep' = {
  scope: resourceGroup(backupResourceGroupName)
  params: {
    accountName: names.backups
    backupContainer: containers.backups
    auditContainer: containers.audit
    backupIdentity: { name: backup.name, principalId: backup.principalId }
    recoveryIdentity: { name: recovery.name, principalId: recovery.principalId }
  }
  dependsOn: [privateEndpoints]
}

// Event Grid tries the queue and the container when a subscription is made, so its rights must be in force by then.
module subscriptions 'event-subscriptions.bicep' = {
  params: {
    topicName: names.topic
    storageAccountId: backupHostId
    queueName: eventQueue
    deadLetterContainer: containers.deadLetters
    webhookUrl: eventWebhookUrl
    webhookApplication: eventWebhookApplication
  }
  dependsOn: [privateEndpoints]
}
