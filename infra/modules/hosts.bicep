metadata name = 'Hosts'
metadata description = 'Storage of the hosts of the two apps: what each app owns, and the single rights of others in it.'

import { principalType } from 'types/identities.bicep'
import { skuType } from 'types/storage.bicep'
import { backupQueues, containers, eventQueue, notificationQueue, ownPathsOnly, recoveryQueues, withoutZones } from 'names.bicep'

@description('Required. Names of the two accounts, `backup` and `recovery`.')
param names { backupHost: string, recoveryHost: string }

@description('Required. Location of the accounts.')
param location string

@description('Optional. Tags of every resource.')
param tags { *: string } = {}

@description('Required. Redundancy of the accounts.')
param hostStorageSkuName skuType

@description('Required. Whether the region has availability zones.')
param regionHasZones bool

@description('Required. Whether everything is reached through private endpoints.')
param privateNetworking bool

@description('Required. The identity of the backup app.')
param backup principalType

@description('Required. The identity of the recovery app.')
param recovery principalType

@description('Required. The identity of the topic, which delivers into the account of the backup app.')
param topicIdentity principalType

@description('Required. Resource id of the workspace.')
param workspaceId string

module backupHost 'host-storage.bicep' = {
  params: {
    name: names.backupHost
    location: location
    tags: tags
    skuName: withoutZones(hostStorageSkuName, regionHasZones)
    publicNetworkAccess: !privateNetworking
    trustedServices: true
    containerNames: [containers.packages, containers.deadLetters]
    queueNames: concat(backupQueues, map(backupQueues, queue => '${queue}-poison'), [eventQueue])
    ownerPrincipalId: backup.principalId
    containerAssignments: [
      {
        target: containers.deadLetters
        ...topicIdentity
        roleName: 'Storage Blob Data Contributor'
        roleId: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
        why: 'The topic writes events that nobody took.'
      }
    ]
    queueAssignments: [
      {
        target: eventQueue
        ...topicIdentity
        roleName: 'Storage Queue Data Message Sender'
        roleId: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
        why: 'The topic keeps each event in the queue for a week.'
      }
      {
        target: notificationQueue
        ...recovery
        roleName: 'Storage Queue Data Message Sender'
        roleId: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
        why: 'The recovery app hands its events over to the app that sends the messages.'
      }
    ]
    workspaceId: workspaceId
  }
}

module recoveryHost 'host-storage.bicep' = {
  params: {
    name: names.recoveryHost
    location: location
    tags: tags
    skuName: withoutZones(hostStorageSkuName, regionHasZones)
    publicNetworkAccess: !privateNetworking
    containerNames: [containers.packages, containers.state]
    queueNames: concat(recoveryQueues, map(recoveryQueues, queue => '${queue}-poison'))
    ownerPrincipalId: recovery.principalId
    containerAssignments: [
      {
        target: containers.state
        ...backup
        roleName: 'Storage Blob Data Contributor'
        roleId: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
        why: 'The backup app keeps catalogues, manifests, the memory of the watch and its locks. The condition keeps it from everything that is the recovery\'s.'
        condition: ownPathsOnly
      }
    ]
    workspaceId: workspaceId
  }
}

@description('Resource id of the account of the backup app.')
output backupHostId string = backupHost.outputs.resourceId
