metadata name = 'HSM Warden'
metadata description = 'Everything that keeps the keys of one or many Managed HSMs recoverable: two function apps, their storage, the immutable backups, events, logs, alerts and a private network.'

targetScope = 'resourceGroup'

import {
  backupStorageType
  entraType
  hsmType
  newHsmType
  receiversType
  settingsType
  webhooksType
} from 'modules/types.bicep'

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

@description('Required. The Entra application of the recovery API; `infra/hooks/entra-app.sh` makes it.')
param entra entraType

@description('Optional. Version of Node.js.')
param nodeVersion ('22' | '24') = '22'

@description('Optional. Product settings for both apps, by name; docs/configuration.md describes each.')
param settings settingsType = {}

@description('Optional. Product settings for the recovery app alone, such as WARDEN_APPROVALS.')
param recoverySettings settingsType = {}

@description('Optional. Who may open recovery requests by a signed webhook.')
param webhooks webhooksType?

@description('Optional. Names of functions that are switched off for now.')
param disabledFunctions string[] = []

@description('Optional. The most instances of each app at once.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

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

@description('Optional. Who is told of an alert.')
param alertReceivers receiversType = {}

@description('Optional. Hours after the nightly run should have started within which every HSM must have a completed one.')
@minValue(1)
@maxValue(23)
param sweepGraceHours int = 3

@description('Optional. Days the logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionInDays int = 90

@description('Optional. Whether the audit log of the HSMs is also kept in the workspace. Every use of every key is a record: mind the volume.')
param auditLogToWorkspace bool = false

// ================ //
// Variables        //
// ================ //

var unique = uniqueString(resourceGroup().id)
var suffix = '${namePrefix}-${unique}'
var names = {
  backupIdentity: 'id-${namePrefix}-backup-${unique}'
  recoveryIdentity: 'id-${namePrefix}-recovery-${unique}'
  backupApp: 'func-${namePrefix}-backup-${unique}'
  recoveryApp: 'func-${namePrefix}-recovery-${unique}'
  backupHost: take('st${toLower(namePrefix)}h${unique}', 24)
  recoveryHost: take('st${toLower(namePrefix)}r${unique}', 24)
  backups: take('st${toLower(namePrefix)}b${unique}', 24)
  topic: 'evgt-${suffix}'
  namespace: 'evhns-${suffix}'
  network: 'vnet-${suffix}'
}

// Names that the code knows too. test/infra compares them with the code's own.
var containers = {
  packages: 'app-package'
  backups: 'key-backups'
  audit: 'warden-audit'
  state: 'warden-state'
  deadLetters: 'dead-letters'
}
var backupQueues = ['hsm-sweeps', 'key-backups', 'watch-looks', 'verifications']
var recoveryQueues = ['recoveries']
var eventQueue = 'warden-events'
var auditHubName = 'hsm-audit'
var auditConsumerGroup = 'hsm-warden'
var backupFunctions = [
  'nightlyBackup'
  'runReconcile'
  'sweepWorker'
  'keyBackupWorker'
  'deletedKeyWatch'
  'watchWorker'
  'auditEvents'
  'nightlyVerify'
  'verifyWorker'
]
var recoveryFunctions = [
  'recoveryAsk'
  'recoveryList'
  'recoveryGet'
  'recoveryApprove'
  'recoveryReject'
  'recoveryCancel'
  'recoveryWorker'
  'recoveryReconcile'
  'gateCheck'
  'keys'
  'deletedKeys'
  'backups'
  'auditVerdict'
  'health'
  'openapi'
  'webhook'
  'webhookHandshake'
]

var allHsms = concat(hsms, newHsm == null ? [] : [{ name: newHsm!.name }])
var hsmSettings = map(
  allHsms,
  hsm =>
    union(
      { name: hsm.name },
      hsm.?url == null ? {} : { url: hsm.?url },
      hsm.?pace == null ? {} : { pace: hsm.?pace }
    )
)

// Private DNS zones differ from cloud to cloud: https://learn.microsoft.com/azure/private-link/private-endpoint-dns
var isGovernment = environment().name == 'AzureUSGovernment'
var zones = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  topic: isGovernment ? 'privatelink.eventgrid.azure.us' : 'privatelink.eventgrid.azure.net'
  namespace: isGovernment ? 'privatelink.servicebus.usgovcloudapi.net' : 'privatelink.servicebus.windows.net'
  managedhsm: isGovernment ? 'privatelink.managedhsm.usgovcloudapi.net' : 'privatelink.managedhsm.azure.net'
  sites: isGovernment ? 'privatelink.azurewebsites.us' : 'privatelink.azurewebsites.net'
}

var backupHostId = resourceId('Microsoft.Storage/storageAccounts', names.backupHost)
var recoveryHostId = resourceId('Microsoft.Storage/storageAccounts', names.recoveryHost)
var backupsId = resourceId(backupResourceGroupName, 'Microsoft.Storage/storageAccounts', names.backups)
var endpoints = concat(
  map(['blob', 'queue', 'table'], group => { owner: names.backupHost, id: backupHostId, group: group }),
  map(['blob', 'queue', 'table'], group => { owner: names.recoveryHost, id: recoveryHostId, group: group }),
  [
    { owner: names.backups, id: backupsId, group: 'blob' }
    { owner: names.topic, id: resourceId('Microsoft.EventGrid/topics', names.topic), group: 'topic' }
    {
      owner: names.namespace
      id: resourceId('Microsoft.EventHub/namespaces', names.namespace)
      group: 'namespace'
    }
  ],
  publicApps
    ? []
    : map([names.backupApp, names.recoveryApp], app => {
        owner: app
        id: resourceId('Microsoft.Web/sites', app)
        group: 'sites'
      })
)
var hsmEndpoints = filter(allHsms, hsm => (hsm.?privateEndpoint ?? 'automatic') != 'none')

// Requests and approvals lie in the container of the state, too. The backup app may read everything there, but write
// only under these prefixes, which are its own: it can neither forge an approval nor rewind the audit chain.
var blobActions = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'
var backupPrefixes = ['catalogue', 'runs', 'last-run', 'watch', 'verify', 'locks']
var changes = map(
  ['write', 'add/action', 'delete', 'move/action'],
  action => '!(ActionMatches{\'${blobActions}/${action}\'})'
)
var ownPaths = map(backupPrefixes, prefix => '@Resource[${blobActions}:path] StringLike \'${prefix}/*\'')
var ownPathsOnly = '((${join(changes, ' AND ')}) OR (${join(ownPaths, ' OR ')}))'

// ================ //
// Identities       //
// ================ //

module backupIdentity 'modules/identity.bicep' = {
  params: { name: names.backupIdentity, location: location, tags: tags }
}

module recoveryIdentity 'modules/identity.bicep' = {
  params: { name: names.recoveryIdentity, location: location, tags: tags }
}

// The name, known beforehand, makes the names of role assignments; the object id is known only once the identity is made.
var backup = { name: names.backupIdentity, principalId: backupIdentity.outputs.principalId }
var recovery = { name: names.recoveryIdentity, principalId: recoveryIdentity.outputs.principalId }
var topicIdentity = { name: names.topic, principalId: topic.outputs.principalId }

// ================ //
// Logs and events  //
// ================ //

module monitoring 'modules/monitoring.bicep' = {
  params: {
    nameSuffix: suffix
    location: location
    tags: tags
    retentionInDays: logRetentionInDays
    receivers: alertReceivers
    publishers: [backup, recovery]
  }
}

module topic 'modules/event-topic.bicep' = {
  params: {
    name: names.topic
    location: location
    tags: tags
    publicNetworkAccess: !privateNetworking
    publishers: [
      { ...backup, why: 'The watch publishes its findings.' }
      { ...recovery, why: 'The recovery app tells of each step of a recovery.' }
    ]
  }
}

module auditHub 'modules/audit-hub.bicep' = {
  params: {
    name: names.namespace
    location: location
    tags: tags
    hubName: auditHubName
    consumerGroup: auditConsumerGroup
    publicNetworkAccess: !privateNetworking
    readerName: names.backupIdentity
    readerPrincipalId: backup.principalId
  }
}

// ================ //
// Storage          //
// ================ //

module backupHost 'modules/host-storage.bicep' = {
  params: {
    name: names.backupHost
    location: location
    tags: tags
    skuName: hostStorageSkuName
    publicNetworkAccess: !privateNetworking
    trustedServices: true
    containerNames: [containers.packages, containers.deadLetters]
    queueNames: concat(backupQueues, map(backupQueues, queue => '${queue}-poison'), [eventQueue])
    ownerName: names.backupIdentity
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
    ]
    workspaceId: monitoring.outputs.workspaceId
  }
}

module recoveryHost 'modules/host-storage.bicep' = {
  params: {
    name: names.recoveryHost
    location: location
    tags: tags
    skuName: hostStorageSkuName
    publicNetworkAccess: !privateNetworking
    containerNames: [containers.packages, containers.state]
    queueNames: concat(recoveryQueues, map(recoveryQueues, queue => '${queue}-poison'))
    ownerName: names.recoveryIdentity
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
    workspaceId: monitoring.outputs.workspaceId
  }
}

module backups 'modules/backup-storage.bicep' = {
  scope: resourceGroup(backupResourceGroupName)
  params: {
    name: names.backups
    location: location
    tags: tags
    rules: backupStorage
    hsmNames: map(allHsms, hsm => hsm.name)
    lockImmutability: lockImmutability
    publicNetworkAccess: !privateNetworking
    backupContainer: containers.backups
    auditContainer: containers.audit
    backupIdentity: backup
    recoveryIdentity: recovery
    workspaceId: monitoring.outputs.workspaceId
  }
}

module subscriptions 'modules/event-subscriptions.bicep' = {
  params: {
    topicName: names.topic
    storageAccountId: backupHost.outputs.resourceId
    queueName: eventQueue
    deadLetterContainer: containers.deadLetters
    webhookUrl: eventWebhookUrl
    webhookApplication: eventWebhookApplication
  }
}

// ================ //
// HSMs             //
// ================ //

module createdHsm 'modules/managed-hsm.bicep' = if (newHsm != null) {
  params: { hsm: newHsm!, location: location, tags: tags, publicNetworkAccess: !privateNetworking }
}

module hsmDiagnostics 'modules/hsm-diagnostics.bicep' = [
  for hsm in allHsms: {
    scope: resourceGroup(
      hsm.?subscriptionId ?? subscription().subscriptionId,
      hsm.?resourceGroupName ?? resourceGroup().name
    )
    params: {
      hsmName: hsm.name
      senderRuleId: auditHub.outputs.senderRuleId
      hubName: auditHubName
      workspaceId: auditLogToWorkspace ? monitoring.outputs.workspaceId : null
    }
    dependsOn: [createdHsm]
  }
]

// ================ //
// Network          //
// ================ //

module network 'modules/network.bicep' = if (privateNetworking) {
  params: {
    name: names.network
    location: location
    tags: tags
    addressPrefix: addressPrefix
    operatorAddressPrefixes: operatorAddressPrefixes
    dnsZoneNames: concat(
      [zones.blob, zones.queue, zones.table, zones.topic, zones.namespace, zones.managedhsm],
      publicApps ? [] : [zones.sites]
    )
  }
}

module privateEndpoints 'modules/private-endpoint.bicep' = [
  for endpoint in privateNetworking ? endpoints : []: {
    params: {
      name: 'pe-${endpoint.owner}-${endpoint.group}'
      location: location
      tags: tags
      subnetId: network!.outputs.endpointsSubnetId
      targetId: endpoint.id
      groupId: endpoint.group
      dnsZoneName: zones[endpoint.group]
    }
    dependsOn: [backupHost, recoveryHost, backups, topic, auditHub, backupApp, recoveryApp]
  }
]

module hsmPrivateEndpoints 'modules/private-endpoint.bicep' = [
  for hsm in privateNetworking ? hsmEndpoints : []: {
    params: {
      name: 'pe-${hsm.name}-managedhsm'
      location: location
      tags: tags
      subnetId: network!.outputs.endpointsSubnetId
      targetId: resourceId(
        hsm.?subscriptionId ?? subscription().subscriptionId,
        hsm.?resourceGroupName ?? resourceGroup().name,
        'Microsoft.KeyVault/managedHSMs',
        hsm.name
      )
      groupId: 'managedhsm'
      dnsZoneName: zones.managedhsm
      manualApproval: (hsm.?privateEndpoint ?? 'automatic') == 'manual'
    }
    dependsOn: [createdHsm]
  }
]

// ================ //
// Apps             //
// ================ //

var sharedSettings = {
  WARDEN_HSMS: string(hsmSettings)
  WARDEN_CREDENTIAL: 'managed-identity'
  WARDEN_BACKUP_URL: 'https://${names.backups}.blob.${environment().suffixes.storage}'
  WARDEN_STATE_URL: 'https://${names.recoveryHost}.blob.${environment().suffixes.storage}'
  WARDEN_BACKUP_CONTAINER: containers.backups
  WARDEN_STATE_CONTAINER: containers.state
  WARDEN_TOPIC_URL: topic.outputs.endpoint
}

// The secrets stay in the vault; the platform reads them by the identity of the recovery app.
var webhookSettings = webhooks == null
  ? {}
  : { WARDEN_WEBHOOK_SECRETS: '@Microsoft.KeyVault(SecretUri=${webhooks!.secretUri})' }

module backupApp 'modules/function-app.bicep' = {
  params: {
    name: names.backupApp
    location: location
    tags: union(tags, { 'azd-service-name': 'backup' })
    identityId: backupIdentity.outputs.resourceId
    identityClientId: backupIdentity.outputs.clientId
    subnetId: privateNetworking ? network!.outputs.backupSubnetId : null
    publicNetworkAccess: publicApps
    storageAccountName: names.backupHost
    packageContainer: containers.packages
    nodeVersion: nodeVersion
    maximumInstanceCount: maximumInstanceCount
    insightsConnectionString: monitoring.outputs.connectionString
    functionNames: backupFunctions
    disabledFunctions: disabledFunctions
    settings: union(settings, sharedSettings, {
      WARDEN_CLIENT_ID: backupIdentity.outputs.clientId
      // The watch and the alert rule must be late by the same clock.
      WARDEN_OVERDUE_GRACE_HOURS: string(sweepGraceHours)
      // The verification and the lifecycle rule must mean the same age.
      WARDEN_BACKUP_RETENTION_DAYS: string(backups.outputs.deleteAfterDays)
      WARDEN_AUDIT_HUB: auditHubName
      WARDEN_AUDIT_CONSUMER_GROUP: auditConsumerGroup
      // The trigger's connection, by identity.
      AuditEvents__fullyQualifiedNamespace: auditHub.outputs.fullyQualifiedNamespace
      AuditEvents__credential: 'managedidentity'
      AuditEvents__clientId: backupIdentity.outputs.clientId
      WARDEN_QUEUE_URL: 'https://${names.backupHost}.queue.${environment().suffixes.storage}'
    })
  }
  dependsOn: [backupHost, recoveryHost]
}

module recoveryApp 'modules/function-app.bicep' = {
  params: {
    name: names.recoveryApp
    location: location
    tags: union(tags, { 'azd-service-name': 'recovery' })
    identityId: recoveryIdentity.outputs.resourceId
    identityClientId: recoveryIdentity.outputs.clientId
    subnetId: privateNetworking ? network!.outputs.recoverySubnetId : null
    publicNetworkAccess: publicApps
    storageAccountName: names.recoveryHost
    packageContainer: containers.packages
    nodeVersion: nodeVersion
    maximumInstanceCount: maximumInstanceCount
    insightsConnectionString: monitoring.outputs.connectionString
    functionNames: recoveryFunctions
    disabledFunctions: disabledFunctions
    entra: entra
    // The app verifies the signature of a webhook itself; its health and its description hold no secret.
    openPaths: concat(
      ['/api/health', '/api/openapi.json'],
      map(webhooks.?sources ?? [], source => '/api/webhooks/${source}')
    )
    settings: union(settings, recoverySettings, webhookSettings, sharedSettings, {
      WARDEN_CLIENT_ID: recoveryIdentity.outputs.clientId
      WARDEN_AUTH_TENANT: entra.?tenantId ?? tenant().tenantId
      WARDEN_AUTH_AUDIENCE: entra.clientId
      WARDEN_AUDIT_CONTAINER: containers.audit
      WARDEN_ORIGIN: 'https://${names.recoveryApp}.azurewebsites.net'
      WARDEN_QUEUE_URL: 'https://${names.recoveryHost}.queue.${environment().suffixes.storage}'
    })
  }
  dependsOn: [recoveryHost, backups]
}

// ================ //
// Alerts           //
// ================ //

module alerts 'modules/alerts.bicep' = {
  params: {
    nameSuffix: suffix
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    actionGroupId: monitoring.outputs.actionGroupId
    hsmNames: map(allHsms, hsm => hsm.name)
    hsmIds: map(
      allHsms,
      hsm =>
        resourceId(
          hsm.?subscriptionId ?? subscription().subscriptionId,
          hsm.?resourceGroupName ?? resourceGroup().name,
          'Microsoft.KeyVault/managedHSMs',
          hsm.name
        )
    )
    sweepHours: 24 + sweepGraceHours
  }
  dependsOn: [createdHsm]
}

module workbook 'modules/workbook.bicep' = {
  params: { location: location, tags: tags, workspaceId: monitoring.outputs.workspaceId }
}

// ================ //
// Outputs          //
// ================ //

// azd makes an environment variable of each; the hooks and `hsm-warden roles` read them.

@description('Object id of the identity of the backup app, for the local roles of the HSMs.')
output HSM_WARDEN_BACKUP_PRINCIPAL string = backupIdentity.outputs.principalId

@description('Object id of the identity of the recovery app, for the local roles of the HSMs.')
output HSM_WARDEN_RECOVERY_PRINCIPAL string = recoveryIdentity.outputs.principalId

@description('The HSMs, as the setting of that name has them.')
output HSM_WARDEN_HSMS string = string(hsmSettings)

@description('Address of the recovery API.')
output HSM_WARDEN_API_URL string = 'https://${recoveryApp.outputs.hostName}/api'

@description('Name of the backup app.')
output HSM_WARDEN_BACKUP_APP string = backupApp.outputs.name

@description('Name of the recovery app.')
output HSM_WARDEN_RECOVERY_APP string = recoveryApp.outputs.name

@description('Blob endpoint of the backups.')
output HSM_WARDEN_BACKUP_URL string = sharedSettings.WARDEN_BACKUP_URL
