metadata name = 'Function app'
metadata description = 'One function app on its own Flex Consumption plan, with one identity and no key or connection string.'

import { entraType } from 'types/callers.bicep'
import { settingsType } from 'types/general.bicep'

// ================ //
// Parameters       //
// ================ //

@description('Required. Name of the app.')
param name string

@description('Required. Location of the app.')
param location string

@description('Optional. Tags of every resource. `azd-service-name` tells azd which package belongs here.')
param tags { *: string } = {}

@description('Required. Resource id of the identity.')
param identityId string

@description('Required. Client id of the identity.')
param identityClientId string

@description('Optional. Resource id of the subnet through which the app sends.')
param subnetId string?

@description('Optional. Whether the app can be called, and its package deployed, from outside the private network.')
param publicNetworkAccess bool = true

@description('Required. Name of the storage account of the host.')
param storageAccountName string

@description('Required. Name of the container of the package.')
param packageContainer string

@description('Required. Version of Node.js.')
param nodeVersion ('22' | '24')

@description('Optional. Memory of an instance.')
param instanceMemoryMB (512 | 2048 | 4096) = 2048

@description('Optional. The most instances at the same time.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Optional. Whether instances are spread over zones: https://learn.microsoft.com/azure/reliability/reliability-functions')
param zoneRedundant bool = false

@description('Optional. How running instances are replaced by a new version.')
param siteUpdateStrategy ('Recreate' | 'RollingUpdate') = 'Recreate'

@description('Optional. Name of the setting that gets the origin of the app.')
param originSetting string?

@description('Optional. Origin of the app, where it has a domain of its own.')
param origin string?

@description('Required. Connection string of Application Insights.')
param insightsConnectionString string

@description('Required. Settings of the product.')
param settings settingsType

@description('Required. Names of the functions this app runs.')
param functionNames string[]

@description('Optional. Names of functions that are switched off for now.')
param disabledFunctions string[] = []

@description('Optional. Entra application whose tokens the platform demands before a request reaches the app.')
param entra entraType?

@description('Optional. Paths that are reached without a token; the app guards them itself.')
param openPaths string[] = []

// ================ //
// Variables        //
// ================ //

var storageSuffix = environment().suffixes.storage

// https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
var hostSettings = {
  // Otherwise the host's own page is at the root, before any function.
  AzureWebJobsDisableHomepage: 'true'
  AzureWebJobsStorage__blobServiceUri: 'https://${storageAccountName}.blob.${storageSuffix}'
  AzureWebJobsStorage__queueServiceUri: 'https://${storageAccountName}.queue.${storageSuffix}'
  AzureWebJobsStorage__tableServiceUri: 'https://${storageAccountName}.table.${storageSuffix}'
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  // Node's heap and glibc's give back early what is not needed any more (docs/performance.md). Flex Consumption hands a
  // worker over that was started before these settings were known; arguments of its own make the host start another
  // one, which heeds all of them. That costs a second or two at each start of an instance, and no caller waits for one.
  // https://learn.microsoft.com/azure/azure-functions/functions-app-settings#languageworkers__arguments
  languageWorkers__node__arguments: '--max-semi-space-size=16 --max-old-space-size=${max(256, instanceMemoryMB / 4)}'
  MALLOC_ARENA_MAX: '1'
  MALLOC_MMAP_THRESHOLD_: '131072'
  MALLOC_TRIM_THRESHOLD_: '131072'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
}

// Said for every function, so that one the code no longer has, or has again, is noticed by the checks. The host reads
// exactly this name: https://learn.microsoft.com/azure/azure-functions/disable-function
var switches = toObject(
  functionNames,
  function => 'AzureWebJobs.${function}.Disabled',
  function => contains(disabledFunctions, function) ? 'true' : 'false'
)

// ================ //
// Resources        //
// ================ //

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true, zoneRedundant: zoneRedundant }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
    virtualNetworkSubnetId: subnetId
    keyVaultReferenceIdentity: identityId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      remoteDebuggingEnabled: false
      cors: { allowedOrigins: [] }
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: 'https://${storageAccountName}.blob.${storageSuffix}/${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: { name: 'node', version: nodeVersion }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
      }
      // Recreate is what the service does unasked.
      #disable-next-line BCP037
      siteUpdateStrategy: siteUpdateStrategy == 'Recreate' ? null : { type: siteUpdateStrategy }
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(
      hostSettings,
      settings,
      switches,
      originSetting == null
        ? {}
        : { '${originSetting!}': origin ?? 'https://${app.properties.defaultHostName}' }
    )
  }

  resource authentication 'config' = if (entra != null) {
    name: 'authsettingsV2'
    properties: {
      platform: { enabled: true, runtimeVersion: '~1' }
      globalValidation: {
        requireAuthentication: true
        unauthenticatedClientAction: 'Return401'
        excludedPaths: openPaths
      }
      httpSettings: { requireHttps: true }
      identityProviders: {
        azureActiveDirectory: {
          enabled: true
          registration: {
            clientId: entra!.clientId
            openIdIssuer: '${environment().authentication.loginEndpoint}${entra!.?tenantId ?? tenant().tenantId}/v2.0'
          }
          validation: {
            allowedAudiences: [entra!.clientId, 'api://${entra!.clientId}']
          }
        }
      }
      // The app verifies the bearer token of each request itself; the platform keeps none.
      login: { tokenStore: { enabled: false } }
    }
  }

  resource ftpPublishing 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scmPublishing 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

// ================ //
// Outputs          //
// ================ //

@description('Resource id of the app.')
output resourceId string = app.id

@description('Name of the app.')
output name string = app.name

@description('Host name of the app.')
output hostName string = app.properties.defaultHostName
