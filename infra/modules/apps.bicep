metadata name = 'Apps'
metadata description = 'The product itself: the two apps that every deployment has, the store of the backups they write, and where their telemetry goes.'

import { entraType, webhooksType } from 'types/callers.bicep'
import { namesType } from 'types/general.bicep'
import { hsmSettingType } from 'types/hsms.bicep'
import { identityType } from 'types/identities.bicep'
import { subnetsType } from 'types/network.bicep'
import { backupStorageType } from 'types/storage.bicep'
import { productSettingsType } from 'settings.bicep'
import {
  auditConsumerGroup
  auditHubName
  backupFunctions
  consolePaths
  containers
  recoveryFunctions
  withoutZones
} from 'names.bicep'

@description('Required. Names of the resources.')
param names namesType

@description('Required. Suffix of the names of what has none of its own.')
param nameSuffix string

@description('Required. Location of the apps.')
param location string

@description('Optional. Tags of every resource.')
param tags { *: string } = {}

@description('Required. The identity of the backup app.')
param backupIdentity identityType

@description('Required. The identity of the recovery app.')
param recoveryIdentity identityType

@description('Required. The HSMs, as the setting WARDEN_HSMS has them.')
param hsmSettings hsmSettingType[]

@description('Optional. The HSMs for restore drills, as the setting WARDEN_DRILL_HSMS has them.')
param drillSetting string?

@description('Required. The Entra application of the recovery API.')
param entra entraType

@description('Required. Version of Node.js.')
param nodeVersion ('22' | '24')

@description('Required. Product settings for both apps.')
param settings productSettingsType

@description('Required. Product settings for the recovery app alone.')
param recoverySettings productSettingsType

@description('Optional. Who may open recovery requests by a webhook.')
param webhooks webhooksType?

@description('Optional. URI of the Key Vault secret with the value of WARDEN_NOTIFY_SECRETS. The backup app needs the role Key Vault Secrets User on it.')
param notifySecretUri string?

@description('Optional. Origin of the recovery API, where it has a domain of its own.')
param recoveryOrigin string?

@description('Required. Whether the recovery app serves the web console.')
param webConsole bool

@description('Required. Names of functions that are switched off for now.')
param disabledFunctions string[]

@description('Required. The most instances of each app at the same time.')
param maximumInstanceCount int

@description('Required. Whether the apps survive the loss of a zone.')
param zoneRedundantApps bool

@description('Required. How running instances are replaced.')
param siteUpdateStrategy ('Recreate' | 'RollingUpdate')

@description('Required. Rules of the storage account of the backups.')
param backupStorage backupStorageType

@description('Required. Whether the region has availability zones.')
param regionHasZones bool

@description('Required. Resource group of the backups.')
param backupResourceGroupName string

@description('Required. Locks the immutability of the backups for good.')
param lockImmutability bool

@description('Required. Whether everything is reached through private endpoints.')
param privateNetworking bool

@description('Optional. Resource ids of the subnets through which the apps send.')
param subnets subnetsType?

@description('Required. Whether the apps can be called from outside the network.')
param publicApps bool

@description('Required. Hours after its time within which a run must have ended.')
param sweepGraceHours int

@description('Required. Where events are published.')
param topicEndpoint string

@description('Required. Host name of the namespace of the audit hub.')
param auditHubNamespace string

@description('Required. Resource id of the workspace.')
param workspaceId string

var backup = { name: backupIdentity.name, principalId: backupIdentity.principalId }
var recovery = { name: recoveryIdentity.name, principalId: recoveryIdentity.principalId }

module monitoring 'monitoring.bicep' = {
  params: {
    nameSuffix: nameSuffix
    location: location
    tags: tags
    workspaceId: workspaceId
    publishers: [backup, recovery]
  }
}

module backups 'backup-storage.bicep' = {
  scope: resourceGroup(backupResourceGroupName)
  params: {
    name: names.backups
    location: location
    tags: tags
    rules: backupStorage
    skuName: withoutZones(backupStorage.?skuName ?? 'Standard_GZRS', regionHasZones)
    hsmNames: map(hsmSettings, hsm => hsm.name)
    lockImmutability: lockImmutability
    publicNetworkAccess: !privateNetworking
    backupContainer: containers.backups
    auditContainer: containers.audit
    workspaceId: workspaceId
  }
}

var drillSettings = drillSetting == null ? {} : { WARDEN_DRILL_HSMS: drillSetting! }

var sharedSettings = {
  WARDEN_HSMS: string(hsmSettings)
  WARDEN_CREDENTIAL: 'managed-identity'
  WARDEN_BACKUP_URL: 'https://${names.backups}.blob.${environment().suffixes.storage}'
  WARDEN_STATE_URL: 'https://${names.recoveryHost}.blob.${environment().suffixes.storage}'
  WARDEN_BACKUP_CONTAINER: containers.backups
  WARDEN_STATE_CONTAINER: containers.state
  WARDEN_TOPIC_URL: topicEndpoint
}

// The secrets stay in the vault; the platform reads them by the identity of the recovery app.
var webhookSettings = union(
  webhooks.?secretUri == null
    ? {}
    : { WARDEN_WEBHOOK_SECRETS: '@Microsoft.KeyVault(SecretUri=${webhooks!.secretUri!})' },
  webhooks.?applications == null ? {} : { WARDEN_WEBHOOK_APPS: string(webhooks!.applications!) }
)

// The app that sends messages alone has their secrets; it cannot restore keys.
var notifySettings = notifySecretUri == null
  ? {}
  : { WARDEN_NOTIFY_SECRETS: '@Microsoft.KeyVault(SecretUri=${notifySecretUri!})' }

// Where its messages about keys and HSMs lead to.
var consoleSettings = webConsole
  ? { WARDEN_NOTIFY_ORIGIN: recoveryOrigin ?? 'https://${recoveryApp.outputs.hostName}' }
  : {}

module backupApp 'function-app.bicep' = {
  params: {
    name: names.backupApp
    location: location
    tags: union(tags, { 'azd-service-name': 'backup' })
    identityId: backupIdentity.resourceId
    identityClientId: backupIdentity.clientId
    subnetId: subnets.?backup
    publicNetworkAccess: publicApps
    storageAccountName: names.backupHost
    packageContainer: containers.packages
    nodeVersion: nodeVersion
    maximumInstanceCount: maximumInstanceCount
    insightsConnectionString: monitoring.outputs.connectionString
    functionNames: backupFunctions
    disabledFunctions: disabledFunctions
    zoneRedundant: zoneRedundantApps
    siteUpdateStrategy: siteUpdateStrategy
    settings: union(settings, notifySettings, consoleSettings, drillSettings, sharedSettings, {
      WARDEN_CLIENT_ID: backupIdentity.clientId
      // The watch and the alert rule must be late by the same clock.
      WARDEN_OVERDUE_GRACE_HOURS: string(sweepGraceHours)
      // The verification and the lifecycle rule must mean the same age.
      WARDEN_BACKUP_RETENTION_DAYS: string(backups.outputs.deleteAfterDays)
      WARDEN_AUDIT_HUB: auditHubName
      WARDEN_RECOVERY_PRINCIPAL: recoveryIdentity.principalId
      WARDEN_AUDIT_CONSUMER_GROUP: auditConsumerGroup
      // The trigger's connection, by identity.
      AuditEvents__fullyQualifiedNamespace: auditHubNamespace
      AuditEvents__credential: 'managedidentity'
      AuditEvents__clientId: backupIdentity.clientId
      WARDEN_QUEUE_URL: 'https://${names.backupHost}.queue.${environment().suffixes.storage}'
    })
  }
}

module recoveryApp 'function-app.bicep' = {
  params: {
    name: names.recoveryApp
    location: location
    tags: union(tags, { 'azd-service-name': 'recovery' })
    identityId: recoveryIdentity.resourceId
    identityClientId: recoveryIdentity.clientId
    subnetId: subnets.?recovery
    publicNetworkAccess: publicApps
    storageAccountName: names.recoveryHost
    packageContainer: containers.packages
    nodeVersion: nodeVersion
    maximumInstanceCount: maximumInstanceCount
    insightsConnectionString: monitoring.outputs.connectionString
    functionNames: recoveryFunctions
    disabledFunctions: disabledFunctions
    zoneRedundant: zoneRedundantApps
    siteUpdateStrategy: siteUpdateStrategy
    entra: entra
    originSetting: 'WARDEN_ORIGIN'
    origin: recoveryOrigin
    // The app verifies the signature of a webhook itself; its health, its description and its pages hold no secret.
    openPaths: concat(
      ['/api/health', '/api/openapi.json'],
      webConsole ? consolePaths : [],
      map(webhooks.?sources ?? [], source => '/api/webhooks/${source}')
    )
    settings: union(settings, recoverySettings, webhookSettings, drillSettings, sharedSettings, {
      WARDEN_CLIENT_ID: recoveryIdentity.clientId
      WARDEN_AUTH_TENANT: entra.?tenantId ?? tenant().tenantId
      WARDEN_AUTH_AUDIENCE: entra.clientId
      WARDEN_CONSOLE: webConsole ? 'true' : 'false'
      WARDEN_AUDIT_CONTAINER: containers.audit
      WARDEN_QUEUE_URL: 'https://${names.recoveryHost}.queue.${environment().suffixes.storage}'
      WARDEN_NOTIFY_QUEUE_URL: 'https://${names.backupHost}.queue.${environment().suffixes.storage}'
    })
  }
  dependsOn: [backups]
}

// ================ //
// Outputs          //
// ================ //

@description('Name of the backup app.')
output backupAppName string = backupApp.outputs.name

@description('Name of the recovery app.')
output recoveryAppName string = recoveryApp.outputs.name

@description('Host name of the recovery app.')
output recoveryHostName string = recoveryApp.outputs.hostName

@description('Blob endpoint of the backups.')
output backupUrl string = sharedSettings.WARDEN_BACKUP_URL

@description('Resource id of the account of the backups.')
output backupsId string = backups.outputs.resourceId

@description('Resource id of Application Insights.')
output insightsId string = monitoring.outputs.insightsId

@description('Where telemetry goes; no secret while local authentication is off.')
output insightsConnectionString string = monitoring.outputs.connectionString
