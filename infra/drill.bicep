metadata name = 'Restore drills'
metadata description = 'The third app, with an identity of its own, where there is an HSM for drills: it restores backups there, uses the keys and removes them. Deployed after infra/main.bicep, whose outputs it takes; what it needs in the drill HSM itself are local roles (hsm-warden roles apply --drill-principal).'

targetScope = 'resourceGroup'

import { productSettingsType } from 'modules/settings.bicep'
import { drillSettingOf } from 'modules/hsm-list.bicep'
import { containers, drillFunctions, drillPathsOnly, drillQueues, namesFor, notificationQueue } from 'modules/names.bicep'
import { drillHsmType } from 'modules/types/hsms.bicep'

@description('Optional. First part of every name, as in the deployment of the product.')
@minLength(2)
@maxLength(8)
param namePrefix string = 'warden'
@description('Optional. Location of everything.')
param location string = resourceGroup().location
@description('Optional. Tags of every resource.')
param tags { *: string } = {}
@description('Required. The HSMs for drills: without purge protection, of the security domain of the HSMs whose keys are drilled there, used for nothing else.')
@minLength(1)
param drillHsms drillHsmType[]
@description('Required. The protected HSMs: the output HSM_WARDEN_HSMS of the deployment.')
param protectedHsms string
@description('Optional. Name of the storage account of the backups. By default that of the deployment of the product in this resource group, which has the same prefix.')
param backupsAccountName string = namesFor(namePrefix, uniqueString(resourceGroup().id)).backups
@description('Optional. Resource group of the backups.')
param backupResourceGroupName string = '${resourceGroup().name}-backups'
@description('Optional. Name of the host storage account of the backup app, which takes requests for fresh backups. By default that of the deployment of the product in this resource group, which has the same prefix.')
param backupHostName string = namesFor(namePrefix, uniqueString(resourceGroup().id)).backupHost
@description('Optional. Name of the host storage account of the recovery app, which holds the state. By default that of the deployment of the product in this resource group, which has the same prefix.')
param recoveryHostName string = namesFor(namePrefix, uniqueString(resourceGroup().id)).recoveryHost
@description('Optional. Name of the topic. By default that of the deployment of the product in this resource group, which has the same prefix.')
param topicName string = namesFor(namePrefix, uniqueString(resourceGroup().id)).topic
@description('Optional. Name of Application Insights. By default that of the deployment of the product in this resource group, which has the same prefix.')
param insightsName string = 'appi-${namesFor(namePrefix, uniqueString(resourceGroup().id)).suffix}'
@description('Optional. Resource id of the Log Analytics workspace. By default that of the deployment of the product in this resource group, which has the same prefix.')
param workspaceId string = resourceId(
  'Microsoft.OperationalInsights/workspaces',
  'log-${namesFor(namePrefix, uniqueString(resourceGroup().id)).suffix}'
)
@description('Optional. Resource id of the action group that hears of a use of a drill HSM by anybody else, and of drills that run no more. By default that of the deployment of the product in this resource group, which has the same prefix.')
param actionGroupId string = resourceId(
  'Microsoft.Insights/actionGroups',
  'ag-${namesFor(namePrefix, uniqueString(resourceGroup().id)).suffix}'
)
@description('Optional. Version of Node.js.')
param nodeVersion ('22' | '24') = '22'
@description('Optional. Product settings of the app, such as WARDEN_DRILL_DAYS and those of the seals; docs/configuration.md describes each.')
param settings productSettingsType = {}
@description('Optional. Resource id of the subnet through which the app sends, where the product has a private network.')
param subnetId string?
@description('Optional. Whether the host storage can be reached from outside the private network.')
param publicNetworkAccess bool = subnetId == null

var unique = uniqueString(resourceGroup().id)
var hostName = take('st${replace(toLower(namePrefix), '-', '')}d${unique}', 24)
var storageSuffix = environment().suffixes.storage

module identity 'modules/identity.bicep' = {
  params: { name: 'id-${namePrefix}-drill-${unique}', location: location, tags: tags }
}

module host 'modules/host-storage.bicep' = {
  params: {
    name: hostName
    location: location
    tags: tags
    publicNetworkAccess: publicNetworkAccess
    containerNames: [containers.packages]
    queueNames: concat(drillQueues, map(drillQueues, queue => '${queue}-poison'))
    #disable-next-line what-if-short-circuiting // Only an object id tells a new identity from a removed one.
    ownerPrincipalId: identity.outputs.principalId
    workspaceId: workspaceId
  }
}

module grants 'modules/drill-grants.bicep' = {
  params: {
    #disable-next-line what-if-short-circuiting // Only an object id tells a new identity from a removed one.
    principalId: identity.outputs.principalId
    recoveryHostName: recoveryHostName
    stateContainer: containers.state
    stateCondition: drillPathsOnly
    backupHostName: backupHostName
    queueNames: ['key-backups', notificationQueue]
    topicName: topicName
    insightsName: insightsName
  }
}

module backups 'modules/drill-backups.bicep' = {
  scope: resourceGroup(backupResourceGroupName)
  params: {
    #disable-next-line what-if-short-circuiting // Only an object id tells a new identity from a removed one.
    principalId: identity.outputs.principalId
    accountName: backupsAccountName
    containerName: containers.backups
  }
}

module hsms 'modules/drill-hsm.bicep' = [
  for hsm in drillHsms: {
    scope: resourceGroup(hsm.?subscriptionId ?? subscription().subscriptionId, hsm.resourceGroupName)
    params: {
      #disable-next-line what-if-short-circuiting // Only an object id tells a new identity from a removed one.
      principalId: identity.outputs.principalId
      hsmName: hsm.name
      nameSuffix: '${namePrefix}-${unique}'
      workspaceId: workspaceId
    }
  }
]

module alerts 'modules/drill-alerts.bicep' = {
  params: {
    nameSuffix: '${namePrefix}-${unique}'
    location: location
    tags: tags
    workspaceId: workspaceId
    actionGroupId: actionGroupId
    drillHsmNames: map(drillHsms, hsm => hsm.name)
    #disable-next-line what-if-short-circuiting // Only an object id tells a new identity from a removed one.
    principalId: identity.outputs.principalId
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

module app 'modules/function-app.bicep' = {
  params: {
    name: 'func-${namePrefix}-drill-${unique}'
    location: location
    tags: union(tags, { 'azd-service-name': 'drill' })
    identityId: identity.outputs.resourceId
    identityClientId: identity.outputs.clientId
    subnetId: subnetId
    storageAccountName: hostName
    packageContainer: containers.packages
    nodeVersion: nodeVersion
    // One run at a time works in a drill HSM.
    maximumInstanceCount: 1
    insightsConnectionString: insights.properties.ConnectionString
    functionNames: drillFunctions
    settings: union(settings, {
      WARDEN_HSMS: protectedHsms
      WARDEN_CREDENTIAL: 'managed-identity'
      WARDEN_CLIENT_ID: identity.outputs.clientId
      WARDEN_BACKUP_URL: 'https://${backupsAccountName}.blob.${storageSuffix}'
      WARDEN_STATE_URL: 'https://${recoveryHostName}.blob.${storageSuffix}'
      WARDEN_BACKUP_CONTAINER: containers.backups
      WARDEN_STATE_CONTAINER: containers.state
      WARDEN_QUEUE_URL: 'https://${hostName}.queue.${storageSuffix}'
      WARDEN_NOTIFY_QUEUE_URL: 'https://${backupHostName}.queue.${storageSuffix}'
      WARDEN_TOPIC_URL: topic.properties.endpoint
      WARDEN_DRILL_HSMS: drillSetting
    })
  }
  dependsOn: [host, grants, backups, hsms]
}

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topicName
}

var drillSetting = drillSettingOf(drillHsms, subscription().subscriptionId)

@description('Object id of the identity of the drill app, for its local role in the drill HSM.')
output HSM_WARDEN_DRILL_PRINCIPAL string = identity.outputs.principalId
@description('Name of the drill app.')
output HSM_WARDEN_DRILL_APP string = app.outputs.name
@description('The value of WARDEN_DRILL_HSMS, which the other apps and the command line need, too.')
output HSM_WARDEN_DRILL_HSMS string = drillSetting
@description('The value of WARDEN_DRILL_QUEUE_URL, for whoever asks for a drill.')
output HSM_WARDEN_DRILL_QUEUE_URL string = 'https://${hostName}.queue.${storageSuffix}'
