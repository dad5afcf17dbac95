metadata name = 'Names'
metadata description = 'Names that are written once: of resources, of what lies in them, and of what the code registers.'

import { namesType } from 'types/general.bicep'
import { zonesType } from 'types/network.bicep'
import { skuType } from 'types/storage.bicep'

// ================ //
// Resources        //
// ================ //

@export()
@description('Names of the resources. A storage account takes lower-case letters and digits only, 24 at most: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftstorage')
func namesFor(namePrefix string, unique string) namesType => {
  suffix: '${namePrefix}-${unique}'
  backupIdentity: 'id-${namePrefix}-backup-${unique}'
  recoveryIdentity: 'id-${namePrefix}-recovery-${unique}'
  drillIdentity: 'id-${namePrefix}-drill-${unique}'
  backupApp: 'func-${namePrefix}-backup-${unique}'
  recoveryApp: 'func-${namePrefix}-recovery-${unique}'
  drillApp: 'func-${namePrefix}-drill-${unique}'
  backupHost: take('st${replace(toLower(namePrefix), '-', '')}h${unique}', 24)
  recoveryHost: take('st${replace(toLower(namePrefix), '-', '')}r${unique}', 24)
  drillHost: take('st${replace(toLower(namePrefix), '-', '')}d${unique}', 24)
  backups: take('st${replace(toLower(namePrefix), '-', '')}b${unique}', 24)
  topic: 'evgt-${namePrefix}-${unique}'
  namespace: 'evhns-${namePrefix}-${unique}'
  network: 'vnet-${namePrefix}-${unique}'
}

@export()
@description('The same redundancy without zones, for a region that has none.')
func withoutZones(skuName skuType, zones bool) skuType =>
  zones
    ? skuName
    : skuName == 'Standard_ZRS' ? 'Standard_LRS' : skuName == 'Standard_GZRS' ? 'Standard_GRS' : skuName

@export()
@description('Private DNS zones, which differ from cloud to cloud: https://learn.microsoft.com/azure/private-link/private-endpoint-dns')
func zonesOf(cloud string, storageSuffix string) zonesType => {
  blob: 'privatelink.blob.${storageSuffix}'
  queue: 'privatelink.queue.${storageSuffix}'
  table: 'privatelink.table.${storageSuffix}'
  topic: cloud == 'AzureUSGovernment'
    ? 'privatelink.eventgrid.azure.us'
    : cloud == 'AzureChinaCloud' ? 'privatelink.eventgrid.azure.cn' : 'privatelink.eventgrid.azure.net'
  namespace: cloud == 'AzureUSGovernment'
    ? 'privatelink.servicebus.usgovcloudapi.net'
    : cloud == 'AzureChinaCloud'
        ? 'privatelink.servicebus.chinacloudapi.cn'
        : 'privatelink.servicebus.windows.net'
  managedhsm: cloud == 'AzureUSGovernment'
    ? 'privatelink.managedhsm.usgovcloudapi.net'
    : cloud == 'AzureChinaCloud' ? 'privatelink.managedhsm.azure.cn' : 'privatelink.managedhsm.azure.net'
  sites: cloud == 'AzureUSGovernment'
    ? 'privatelink.azurewebsites.us'
    : cloud == 'AzureChinaCloud' ? 'privatelink.chinacloudsites.cn' : 'privatelink.azurewebsites.net'
}

// ================ //
// In the code, too //
// ================ //

// Names that the code knows too. test/infra compares them with the code's own.

@export()
var containers = {
  packages: 'app-package'
  backups: 'key-backups'
  audit: 'warden-audit'
  state: 'warden-state'
  deadLetters: 'dead-letters'
  drillFaults: 'drill-faults'
}

@export()
@description('The backup app sends the messages of all apps.')
var notificationQueue = 'notifications'

@export()
var backupQueues = ['hsm-sweeps', 'key-backups', 'watch-looks', 'verifications', notificationQueue]

@export()
var recoveryQueues = ['recoveries']

@export()
@description('The drill app is there only where a drill HSM is: modules/drill.bicep.')
var drillQueues = ['drills']

@export()
var eventQueue = 'warden-events'

@export()
var auditHubName = 'hsm-audit'

@export()
var auditConsumerGroup = 'hsm-warden'

@export()
var backupFunctions = [
  'nightlyBackup'
  'runReconcile'
  'sweepWorker'
  'keyBackupWorker'
  'deletedKeyWatch'
  'hsmDiscovery'
  'fleetSummary'
  'watchWorker'
  'auditEvents'
  'nightlyVerify'
  'verifyWorker'
  'notifyWorker'
  'notifyReconcile'
  'notifyTest'
]

@export()
var drillFunctions = ['nightlyDrill', 'drillReconcile', 'drillWorker']

@export()
var recoveryFunctions = [
  'recoveryAsk'
  'breakGlass'
  'recoveryList'
  'recoveryGet'
  'recoveryApprove'
  'recoveryReject'
  'recoveryCancel'
  'findings'
  'findingAcknowledge'
  'incidents'
  'incidentAcknowledge'
  'hsmExclude'
  'hsmAdd'
  'recoveryWorker'
  'recoveryReconcile'
  'gateCheck'
  'keys'
  'deletedKeys'
  'backups'
  'auditVerdict'
  'gateShow'
  'gateRearm'
  'gateRearmApprove'
  'health'
  'openapi'
  'webhook'
  'webhookHandshake'
  'consoleConfig'
  'consoleMe'
  'consoleHome'
  'consoleKeys'
  'consoleKey'
  'consoleInbox'
  'consoleNights'
  'consoleNight'
  'consoleDrills'
  'consoleAudit'
  'consoleSettings'
  'zConsolePages'
]

@export()
@description('The console and its deep links: files and addresses, no data. A star stands for whatever follows: https://github.com/MicrosoftDocs/azure-docs/issues/86514')
var consolePaths = [
  '/'
  '/index.html'
  '/favicon.svg'
  '/favicon.ico'
  '/assets/*'
  '/requests'
  '/requests/*'
  '/recoveries/*'
  '/keys'
  '/keys/*'
  '/deleted'
  '/inbox'
  '/nights'
  '/nights/*'
  '/drills'
  '/audit'
  '/hsms'
  '/settings'
  '/api/console/config'
]

// Requests and approvals lie in the container of the state, too. The backup app may read everything there, but write
// only under these prefixes, which are its own: it can neither forge an approval nor rewind the audit chain.
var blobActions = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'
var backupPrefixes = [
  'catalogue'
  'runs'
  'fleet'
  'last-run'
  'open-run'
  'watch'
  'verify'
  'summaries'
  'pace'
  'notify'
  'locks'
]
var changes = map(
  ['write', 'add/action', 'delete', 'move/action'],
  action => '!(ActionMatches{\'${blobActions}/${action}\'})'
)
var ownPaths = map(backupPrefixes, prefix => '@Resource[${blobActions}:path] StringLike \'${prefix}/*\'')

@export()
var ownPathsOnly = '((${join(changes, ' AND ')}) OR (${join(ownPaths, ' OR ')}))'

// The drill app writes its own documents only: it can touch neither catalogues nor requests.
var drillPaths = map(
  ['drill', 'drill-results', 'locks'],
  prefix => '@Resource[${blobActions}:path] StringLike \'${prefix}/*\''
)

@export()
var drillPathsOnly = '((${join(changes, ' AND ')}) OR (${join(drillPaths, ' OR ')}))'
