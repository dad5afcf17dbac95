metadata name = 'HSM Warden'
metadata description = 'Everything that keeps the keys of one or many Managed HSMs recoverable: the function apps, their storage, the immutable backups, events, logs, alerts and a private network.'

targetScope = 'resourceGroup'

import { entraType, webhooksType } from 'modules/types/callers.bicep'
import { receiversType } from 'modules/types/general.bicep'
import { drillHsmType, hsmType, newHsmType } from 'modules/types/hsms.bicep'
import { existingNetworkType, privateDnsType } from 'modules/types/network.bicep'
import { backupStorageType } from 'modules/types/storage.bicep'
import { productSettingsType } from 'modules/settings.bicep'
import { namesFor } from 'modules/names.bicep'
import { drillSettingOf, hsmSettingOf, reachedAs, withNewHsm } from 'modules/hsm-list.bicep'

// ================ //
// Parameters       //
// ================ //

@description('Optional. First part of every name.')
@minLength(2)
@maxLength(8)
param namePrefix string = 'warden'
@description('Optional. Location of everything; it must be that of the HSMs, because their audit log is delivered within a region only.')
param location string = resourceGroup().location
@description('Optional. Tags of every resource.')
param tags { *: string } = {}
@description('Required. The Managed HSMs to protect.')
param hsms hsmType[]
@description('Optional. A Managed HSM to create and protect as well.')
param newHsm newHsmType?
@description('Optional. HSMs for restore drills: of the security domain of the HSMs whose keys are drilled there, without purge protection, used for nothing else. Where one is named there is a third app, the drill app, with an identity of its own: docs/drills.md.')
param drillHsms drillHsmType[] = []
@description('Required. The Entra application of the recovery API; `infra/hooks/entra-app.sh` makes it.')
param entra entraType
@description('Optional. Version of Node.js.')
param nodeVersion ('22' | '24') = '22'
@description('Optional. Product settings for all apps, by name; docs/configuration.md describes each.')
param settings productSettingsType = {}
@description('Optional. Product settings for the recovery app alone, such as WARDEN_APPROVALS.')
param recoverySettings productSettingsType = {}
@description('Optional. Product settings for the drill app alone, such as WARDEN_SEAL_KEY_URL.')
param drillSettings productSettingsType = {}
@description('Optional. Who may open recovery requests by a webhook, signed or with a token of Entra.')
param webhooks webhooksType?

@description('Optional. URI of the Key Vault secret with the value of WARDEN_NOTIFY_SECRETS: the secrets of the notification channels. The backup app needs the role Key Vault Secrets User on it.')
param notifySecretUri string?
@description('Optional. Names of functions that are switched off for now.')
param disabledFunctions string[] = []
@description('Optional. The most instances of each app at the same time.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40
@description('Optional. Whether the region has availability zones. False makes ZRS LRS, and GZRS GRS.')
param regionHasZones bool = true
@description('Optional. Whether the apps survive the loss of a zone.')
param zoneRedundantApps bool = false
@description('Optional. How running instances are replaced by a new version. RollingUpdate is a preview: https://learn.microsoft.com/azure/azure-functions/flex-consumption-site-updates')
param siteUpdateStrategy ('Recreate' | 'RollingUpdate') = 'Recreate'
@description('Optional. Origin of the recovery API and the console, where they have a domain of their own, such as https://keys.contoso.com.')
param recoveryOrigin string?

@description('Optional. Whether the recovery app serves the web console at its root.')
param webConsole bool = true
@description('Optional. Rules of the storage account of the backups.')
param backupStorage backupStorageType = {}
@description('Optional. Resource group of the backups; it must exist. A group of its own survives the removal of this one.')
param backupResourceGroupName string = '${resourceGroup().name}-backups'
@description('Optional. Locks the immutability of the backups for good. Deploy once without, look at everything, then switch it on.')
param lockImmutability bool = false
@description('Optional. Redundancy of the storage of the hosts, which also holds state that can be rebuilt and the recoveries.')
param hostStorageSkuName ('Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS' | 'Standard_GZRS') = 'Standard_ZRS'
@description('Optional. Private network with endpoints for storage, events and HSMs. Off only for trials: then everything is reached through public endpoints, still by identity alone.')
param privateNetworking bool = true
@description('Optional. A network that exists already, instead of a new one.')
param existingNetwork existingNetworkType?
@description('Optional. Who keeps the private DNS records, and in which zones.')
param privateDns privateDnsType = {}
@description('Optional. Address space of the private network.')
param addressPrefix string = '10.83.0.0/24'
@description('Optional. Address ranges of operators (a peered network or a VPN) that may reach the private endpoints.')
param operatorAddressPrefixes string[] = []
@description('Optional. Whether the apps can be called, and deployed to, from outside the private network. The recovery API demands tokens either way.')
param publicApps bool = true
@description('Optional. https URL that gets every event. It must answer the handshake of CloudEvents webhooks.')
@secure()
param eventWebhookUrl string = ''
@description('Optional. Entra application (id or URI) of that webhook; deliveries then carry a token for it.')
param eventWebhookApplication string?
@description('Required. who is notified of an alert: at least one mail address or webhook.')
param alertReceivers receiversType
@description('Optional. Hours after the nightly run should have started within which every HSM must have a completed one.')
@minValue(1)
@maxValue(23)
param sweepGraceHours int = 3
@description('Optional. Days the logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionInDays int = 90
@description('Optional. Whether the audit log of the HSMs is also kept in the workspace, where an alert rule finds a key that came back without a decision, also while the apps are dead. Every use of every key is a record: mind the volume.')
param auditLogToWorkspace bool = true

// ================ //
// What is made     //
// ================ //

var names = namesFor(namePrefix, uniqueString(resourceGroup().id))
var hsmGroup = newHsm.?resourceGroupName ?? '${resourceGroup().name}-hsm'
var allHsms = withNewHsm(hsms, newHsm, hsmGroup)
var hsmSettings = map(allHsms, hsm => hsmSettingOf(hsm))
var drills = !empty(drillHsms)
var drillSetting = drillSettingOf(drillHsms, subscription().subscriptionId)

module foundation 'modules/foundation.bicep' = {
  params: {
    names: names
    location: location
    tags: tags
    alertReceivers: alertReceivers
    logRetentionInDays: logRetentionInDays
    hostStorageSkuName: hostStorageSkuName
    regionHasZones: regionHasZones
    privateNetworking: privateNetworking
    addressPrefix: addressPrefix
    operatorAddressPrefixes: operatorAddressPrefixes
    existingNetwork: existingNetwork
  }
}

module hsmsAndLogs 'modules/hsms.bicep' = {
  params: {
    location: location
    tags: tags
    nameSuffix: names.suffix
    newHsm: newHsm
    newHsmResourceGroupName: hsmGroup
    hsms: allHsms
    publicNetworkAccess: !privateNetworking
    senderRuleId: foundation.outputs.senderRuleId
    workspaceId: foundation.outputs.workspaceId
    auditLogToWorkspace: auditLogToWorkspace
  }
}

module apps 'modules/apps.bicep' = {
  params: {
    names: names
    nameSuffix: names.suffix
    location: location
    tags: tags
    backupIdentity: foundation.outputs.backupIdentity
    recoveryIdentity: foundation.outputs.recoveryIdentity
    hsmSettings: hsmSettings
    drillSetting: drills ? drillSetting : null
    entra: entra
    nodeVersion: nodeVersion
    settings: settings
    recoverySettings: recoverySettings
    webhooks: webhooks
    notifySecretUri: notifySecretUri
    recoveryOrigin: recoveryOrigin
    webConsole: webConsole
    disabledFunctions: disabledFunctions
    maximumInstanceCount: maximumInstanceCount
    zoneRedundantApps: zoneRedundantApps
    siteUpdateStrategy: siteUpdateStrategy
    backupStorage: backupStorage
    regionHasZones: regionHasZones
    backupResourceGroupName: backupResourceGroupName
    lockImmutability: lockImmutability
    privateNetworking: privateNetworking
    subnets: foundation.outputs.?subnets
    publicApps: publicApps
    sweepGraceHours: sweepGraceHours
    topicEndpoint: foundation.outputs.topicEndpoint
    auditHubNamespace: foundation.outputs.auditHubNamespace
    workspaceId: foundation.outputs.workspaceId
  }
}

module drill 'modules/drill.bicep' = if (drills) {
  params: {
    names: names
    location: location
    tags: tags
    drillHsms: drillHsms
    drillSetting: drillSetting
    hsmSettings: hsmSettings
    settings: settings
    drillSettings: drillSettings
    nodeVersion: nodeVersion
    disabledFunctions: disabledFunctions
    zoneRedundantApps: zoneRedundantApps
    siteUpdateStrategy: siteUpdateStrategy
    hostStorageSkuName: hostStorageSkuName
    regionHasZones: regionHasZones
    backupResourceGroupName: backupResourceGroupName
    privateNetworking: privateNetworking
    subnetId: foundation.outputs.?subnets.?drill
    publicApps: publicApps
    topicEndpoint: foundation.outputs.topicEndpoint
    insightsConnectionString: apps.outputs.insightsConnectionString
    workspaceId: foundation.outputs.workspaceId
  }
}

module connections 'modules/connections.bicep' = {
  params: {
    names: names
    location: location
    tags: tags
    backupResourceGroupName: backupResourceGroupName
    hsms: concat(allHsms, map(drillHsms, hsm => reachedAs(hsm)))
    drills: drills
    publicApps: publicApps
    privateNetworking: privateNetworking
    existingNetwork: existingNetwork
    endpointsSubnetId: foundation.outputs.?subnets.?endpoints
    privateDns: privateDns
    backup: foundation.outputs.backupIdentity
    recovery: foundation.outputs.recoveryIdentity
    backupHostId: foundation.outputs.backupHostId
    eventWebhookUrl: eventWebhookUrl
    eventWebhookApplication: eventWebhookApplication
  }
  dependsOn: [apps, hsmsAndLogs, drill]
}

module alerting 'modules/alerting.bicep' = {
  params: {
    names: names
    location: location
    tags: tags
    hsms: allHsms
    backupResourceGroupName: backupResourceGroupName
    workspaceId: foundation.outputs.workspaceId
    actionGroupId: foundation.outputs.actionGroupId
    topicId: foundation.outputs.topicId
    auditLogToWorkspace: auditLogToWorkspace
    sweepGraceHours: sweepGraceHours
    principalIds: [
      foundation.outputs.backupIdentity.principalId
      foundation.outputs.recoveryIdentity.principalId
    ]
    drillHsms: drillHsms
    drillPrincipalId: drills ? drill!.outputs.principalId : null
  }
  // What the deployment itself makes is no news.
  dependsOn: [connections, hsmsAndLogs]
}

// ================ //
// Outputs          //
// ================ //

// azd makes an environment variable of each; the hooks and `hsm-warden roles` read them.
@description('Object id of the identity of the backup app, for the local roles of the HSMs.')
output HSM_WARDEN_BACKUP_PRINCIPAL string = foundation.outputs.HSM_WARDEN_BACKUP_PRINCIPAL
@description('Object id of the identity of the recovery app, for the local roles of the HSMs.')
output HSM_WARDEN_RECOVERY_PRINCIPAL string = foundation.outputs.HSM_WARDEN_RECOVERY_PRINCIPAL
@description('The HSMs, as the setting of that name has them.')
output HSM_WARDEN_HSMS string = string(hsmSettings)
@description('Address of the recovery API.')
output HSM_WARDEN_API_URL string = 'https://${apps.outputs.recoveryHostName}/api'
@description('Name of the backup app.')
output HSM_WARDEN_BACKUP_APP string = apps.outputs.backupAppName
@description('Name of the recovery app.')
output HSM_WARDEN_RECOVERY_APP string = apps.outputs.recoveryAppName
@description('Names of the notification channels, separated by commas: after the deployment a test goes through each.')
output HSM_WARDEN_CHANNELS string = join(
  map(json(settings.?WARDEN_NOTIFY_CHANNELS ?? '[]'), channel => channel.name),
  ','
)
@description('Blob endpoint of the backups.')
output HSM_WARDEN_BACKUP_URL string = apps.outputs.backupUrl
@description('Object id of the identity of the drill app, for its local role in each drill HSM. Empty where no drill HSM is named.')
output HSM_WARDEN_DRILL_PRINCIPAL string = drills ? drill!.outputs.principalId : ''
@description('Name of the drill app. Empty where no drill HSM is named.')
output HSM_WARDEN_DRILL_APP string = drills ? drill!.outputs.appName : ''
@description('The drill HSMs, as the setting WARDEN_DRILL_HSMS has them, which the command line needs, too.')
output HSM_WARDEN_DRILL_HSMS string = drillSetting
@description('The value of WARDEN_DRILL_QUEUE_URL, for whoever asks for a drill. Empty where no drill HSM is named.')
output HSM_WARDEN_DRILL_QUEUE_URL string = drills ? drill!.outputs.queueUrl : ''
