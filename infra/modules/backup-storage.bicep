metadata name = 'Backup storage'
metadata description = 'Storage account of the backups and the audit log: versioned, immutable for a time, and writable only by adding. In a resource group of its own, so that removing the apps leaves it alone.'

import { backupStorageType, skuType } from 'types/storage.bicep'

// ================ //
// Parameters       //
// ================ //

@description('Required. Name of the storage account.')
@minLength(3)
@maxLength(24)
param name string

@description('Required. Location of the account.')
param location string

@description('Optional. Tags of every resource.')
param tags { *: string } = {}

@description('Required. Rules of the account.')
param rules backupStorageType

@description('Required. Redundancy of the account.')
param skuName skuType

@description('Required. Names of the HSMs, as the settings have them: the first folder of each backup.')
param hsmNames string[]

@description('Optional. Locks the immutability. Nobody, Microsoft included, can shorten or remove it afterwards, and the account can be deleted only when it is empty. It holds for what is written from then on. Azure only locks what was unlocked before: deploy once without.')
param lockImmutability bool = false

@description('Optional. Whether the account can be reached from outside the private network.')
param publicNetworkAccess bool = false

@description('Required. Name of the container of the backups.')
param backupContainer string

@description('Required. Name of the container of the audit log.')
param auditContainer string

@description('Required. Resource id of the Log Analytics workspace for the log of every access.')
param workspaceId string

// ================ //
// Variables        //
// ================ //

var immutabilityDays = rules.?immutabilityDays ?? 90
// A delete before the immutability ends would be refused by the service, day after day.
var deleteAfterDays = max(rules.?deleteAfterDays ?? 400, immutabilityDays + 1)

// ================ //
// Resources        //
// ================ //

resource account 'Microsoft.Storage/storageAccounts@2026-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: skuName }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
    networkAcls: {
      defaultAction: publicNetworkAccess ? 'Allow' : 'Deny'
      bypass: 'None'
    }
    encryption: {
      keySource: 'Microsoft.Storage'
      requireInfrastructureEncryption: true
      services: { blob: { enabled: true, keyType: 'Account' } }
    }
    // Version-level immutability for the whole account, so that no container can be added without it. It can only
    // be switched on when the account is made. Protected appends let the audit log (append blobs) grow; block
    // blobs, which the backups are, stay as written.
    // https://learn.microsoft.com/azure/storage/blobs/immutable-version-level-worm-policies
    immutableStorageWithVersioning: {
      enabled: true
      immutabilityPolicy: {
        immutabilityPeriodSinceCreationInDays: immutabilityDays
        allowProtectedAppendWrites: true
        state: lockImmutability ? 'Locked' : 'Unlocked'
      }
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      isVersioningEnabled: true
      deleteRetentionPolicy: { enabled: true, days: rules.?softDeleteDays ?? 30 }
      containerDeleteRetentionPolicy: { enabled: true, days: rules.?softDeleteDays ?? 30 }
    }

    resource containers 'containers' = [
      for container in [backupContainer, auditContainer]: {
        name: container
        properties: { publicAccess: 'None' }
      }
    ]
  }

  resource lifecycle 'managementPolicies' = {
    name: 'default'
    properties: {
      policy: {
        rules: [
          for hsm in filter(hsmNames, hsm => !contains(['pinned', 'public-keys', 'findings'], toLower(hsm))): {
            name: 'backups-of-${hsm}'
            type: 'Lifecycle'
            enabled: true
            definition: {
              filters: {
                blobTypes: ['blockBlob']
                // Named HSM by HSM: a prefix of the whole container would reach the pinned backups and the notes of findings, too.
                prefixMatch: ['${backupContainer}/${hsm}/', '${backupContainer}/public-keys/${hsm}/']
              }
              actions: {
                baseBlob: {
                  tierToCool: { daysAfterCreationGreaterThan: rules.?coolAfterDays ?? 30 }
                  delete: { daysAfterCreationGreaterThan: deleteAfterDays }
                }
                version: { delete: { daysAfterCreationGreaterThan: deleteAfterDays } }
              }
            }
          }
        ]
      }
    }
    dependsOn: [blobs]
  }
}

// The audit log grows by appending. The property of the account is documented for the account's own default; that of
// the container, which counts more, is documented for append blobs. So the container says it, too. It is written once:
// a policy that was locked, or extended, by hand is left alone.
// https://learn.microsoft.com/azure/storage/blobs/immutable-policy-configure-version-scope
@onlyIfNotExists()
resource auditPolicy 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2026-06-01' = {
  name: '${name}/default/${auditContainer}/default'
  properties: {
    immutabilityPeriodSinceCreationInDays: immutabilityDays
    allowProtectedAppendWrites: true
  }
  dependsOn: [account::blobs::containers]
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: account
  name: 'backups-outlive-the-apps'
  properties: {
    level: 'CanNotDelete'
    notes: 'The backups of the keys of a Managed HSM. Without them a purged key is lost.'
  }
}

// The stable version of 2016 does not know hubs by name; Azure's own documentation uses this preview.
#disable-next-line use-recent-api-versions
resource accessLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account::blobs
  name: 'hsm-warden'
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageRead', enabled: true }
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

// No built-in role can add without also overwriting and deleting. With `add` alone Put Blob succeeds only for a name
// that is not there yet, Append Block only at the end.
// https://learn.microsoft.com/rest/api/storageservices/put-blob#permissions
resource appendOnlyRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, account.id, 'append-only')
  properties: {
    roleName: 'HSM Warden Blob Appender (${name})'
    description: 'Reads blobs and adds new ones or new blocks at the end. Cannot overwrite, delete, or change metadata, tags or policies.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'
        ]
        notDataActions: []
      }
    ]
  }
}

// ================ //
// Outputs          //
// ================ //

@description('Resource id of the account.')
output resourceId string = account.id

@description('Age in days at which the lifecycle rule removes a backup: what the verification must not miss from then on.')
output deleteAfterDays int = deleteAfterDays
