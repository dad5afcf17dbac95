metadata name = 'Restore drills'
metadata description = 'The third app, where there is an HSM for drills: it restores backups there, uses the keys and removes them. It has an identity and a host storage of its own. What it needs in the drill HSM itself are local roles (hsm-warden roles apply --drill-principal).'

import { namesType, settingsType } from 'types/general.bicep'
import { drillHsmType, hsmSettingType } from 'types/hsms.bicep'
import { skuType } from 'types/storage.bicep'
import { productSettingsType } from 'settings.bicep'
import { containers, drillFunctions, drillPathsOnly, drillQueues, notificationQueue, withoutZones } from 'names.bicep'

@description('Required. Names of the resources.')
param names namesType
@description('Required. Location of everything.')
param location string
@description('Optional. Tags of every resource.')
param tags { *: string } = {}
@description('Required. The HSMs for drills.')
param drillHsms drillHsmType[]
@description('Required. The same, as the setting WARDEN_DRILL_HSMS has them.')
param drillSetting string
@description('Required. The protected HSMs, as the setting WARDEN_HSMS has them.')
param hsmSettings hsmSettingType[]
@description('Required. Product settings for all apps.')
param settings productSettingsType
@description('Required. Product settings for this app alone.')
param drillSettings productSettingsType
@description('Required. Version of Node.js.')
param nodeVersion ('22' | '24')
@description('Required. Names of functions that are switched off for now.')
param disabledFunctions string[]
@description('Required. Whether the apps survive the loss of a zone.')
param zoneRedundantApps bool
@description('Required. How running instances are replaced.')
param siteUpdateStrategy ('Recreate' | 'RollingUpdate')
@description('Required. Redundancy of the host storage.')
param hostStorageSkuName skuType
@description('Required. Whether the region has availability zones.')
param regionHasZones bool
@description('Required. Resource group of the backups.')
param backupResourceGroupName string
@description('Required. Whether everything is reached through private endpoints.')
param privateNetworking bool
@description('Optional. Resource id of the subnet through which the app sends; required with a private network.')
param subnetId string?
@description('Required. Whether a package can be deployed from outside the network.')
param publicApps bool
@description('Required. Where events are published.')
param topicEndpoint string
@description('Required. Connection string of Application Insights.')
param insightsConnectionString string
@description('Required. Resource id of the workspace.')
param workspaceId string

var storageSuffix = environment().suffixes.storage

// Without one the app could reach neither its own storage nor the backups: it would be there, and prove nothing.
var ownSubnetId = privateNetworking && subnetId == null
  ? fail('existingNetwork.drillSubnetId is missing: a drill HSM is named, so the drill app needs a subnet of its own.')
  : subnetId

// The sealing key among the settings for all apps is the backup app's, with which no other may sign.
var settingsOfAll settingsType = toObject(
  filter(items(settings), setting => setting.key != 'WARDEN_SEAL_KEY_URL'),
  setting => setting.key,
  setting => string(setting.?value)
)

module identity 'identity.bicep' = {
  params: { name: names.drillIdentity, location: location, tags: tags }
}

module host 'host-storage.bicep' = {
  params: {
    name: names.drillHost
    location: location
    tags: tags
    skuName: withoutZones(hostStorageSkuName, regionHasZones)
    publicNetworkAccess: !privateNetworking
    // Beside the package: the recovery points of drills that must fail, which nobody but this app may write or read.
    containerNames: [containers.packages, containers.drillFaults]
    queueNames: concat(drillQueues, map(drillQueues, queue => '${queue}-poison'))
    #disable-next-line what-if-short-circuiting // Only an object id tells a new identity from a removed one.
    ownerPrincipalId: identity.outputs.principalId
    workspaceId: workspaceId
  }
}

module grants 'drill-grants.bicep' = {
  params: {
    #disable-next-line what-if-short-circuiting // Only an object id tells a new identity from a removed one.
    principalId: identity.outputs.principalId
    recoveryHostName: names.recoveryHost
    stateContainer: containers.state
    stateCondition: drillPathsOnly
    backupHostName: names.backupHost
    queueNames: ['key-backups', notificationQueue]
    topicName: names.topic
    insightsName: 'appi-${names.suffix}'
  }
}

module backups 'drill-backups.bicep' = {
  scope: resourceGroup(backupResourceGroupName)
  params: {
    #disable-next-line what-if-short-circuiting // Only an object id tells a new identity from a removed one.
    principalId: identity.outputs.principalId
    accountName: names.backups
    containerName: containers.backups
    auditContainer: containers.audit
  }
}

module hsms 'drill-hsm.bicep' = [
  for hsm in drillHsms: {
    scope: resourceGroup(hsm.?subscriptionId ?? subscription().subscriptionId, hsm.resourceGroupName)
    params: {
      #disable-next-line what-if-short-circuiting // Only an object id tells a new identity from a removed one.
      principalId: identity.outputs.principalId
      hsmName: hsm.name
      nameSuffix: names.suffix
      workspaceId: workspaceId
    }
  }
]

module app 'function-app.bicep' = {
  params: {
    name: names.drillApp
    location: location
    tags: union(tags, { 'azd-service-name': 'drill' })
    identityId: identity.outputs.resourceId
    identityClientId: identity.outputs.clientId
    subnetId: ownSubnetId
    publicNetworkAccess: publicApps
    storageAccountName: names.drillHost
    packageContainer: containers.packages
    nodeVersion: nodeVersion
    // One run at a time works in a drill HSM.
    maximumInstanceCount: 1
    insightsConnectionString: insightsConnectionString
    functionNames: drillFunctions
    disabledFunctions: disabledFunctions
    zoneRedundant: zoneRedundantApps
    siteUpdateStrategy: siteUpdateStrategy
    settings: union(settingsOfAll, drillSettings, {
      WARDEN_HSMS: string(hsmSettings)
      WARDEN_CREDENTIAL: 'managed-identity'
      WARDEN_CLIENT_ID: identity.outputs.clientId
      WARDEN_BACKUP_URL: 'https://${names.backups}.blob.${storageSuffix}'
      WARDEN_STATE_URL: 'https://${names.recoveryHost}.blob.${storageSuffix}'
      WARDEN_BACKUP_CONTAINER: containers.backups
      WARDEN_STATE_CONTAINER: containers.state
      WARDEN_QUEUE_URL: 'https://${names.drillHost}.queue.${storageSuffix}'
      WARDEN_NOTIFY_QUEUE_URL: 'https://${names.backupHost}.queue.${storageSuffix}'
      WARDEN_TOPIC_URL: topicEndpoint
      WARDEN_DRILL_HSMS: drillSetting
      WARDEN_DRILL_FAULTS_URL: 'https://${names.drillHost}.blob.${storageSuffix}'
    })
  }
  dependsOn: [host, grants, backups, hsms]
}

@description('Object id of the identity of the app.')
output principalId string = identity.outputs.principalId

@description('Name of the app.')
output appName string = app.outputs.name

@description('Queue endpoint of the app, where drills are asked for.')
output queueUrl string = 'https://${names.drillHost}.queue.${storageSuffix}'
