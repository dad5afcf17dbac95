metadata name = 'Managed HSM'
metadata description = 'A new Managed HSM. It cannot be used before its administrators have downloaded its security domain.'

import { newHsmType } from 'types/hsms.bicep'

@description('Required. What to create.')
param hsm newHsmType

@description('Required. Location of the HSM.')
param location string

@description('Optional. Tags of the HSM.')
param tags { *: string } = {}

@description('Optional. Whether the HSM can be reached from outside the private network.')
param publicNetworkAccess bool = false

resource managedHsm 'Microsoft.KeyVault/managedHSMs@2026-05-15' = {
  name: hsm.name
  location: location
  tags: tags
  sku: { family: 'B', name: 'Standard_B1' }
  properties: {
    tenantId: tenant().tenantId
    initialAdminObjectIds: hsm.administrators
    enableSoftDelete: true
    softDeleteRetentionInDays: hsm.?softDeleteRetentionInDays ?? 90
    enablePurgeProtection: hsm.?enablePurgeProtection ?? true
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
    networkAcls: {
      // Trusted services, such as storage with a customer-managed key, may use its keys:
      // https://learn.microsoft.com/azure/key-vault/managed-hsm/network-security
      bypass: 'AzureServices'
      defaultAction: publicNetworkAccess ? 'Allow' : 'Deny'
    }
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (hsm.?lock ?? true) {
  scope: managedHsm
  name: 'keys-outlive-the-apps'
  properties: {
    level: 'CanNotDelete'
    notes: 'A Managed HSM with keys. Deleting it takes every key with it.'
  }
}

@description('Resource id of the HSM.')
output resourceId string = managedHsm.id
