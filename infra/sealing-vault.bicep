metadata name = 'Sealing vault'
metadata description = 'The vault of the sealing keys, one key for each app, and one more for the drills that must fail: sign-only, not exportable, each usable by its app alone. Deployed once the identities of the apps exist; its outputs are the settings that switch the seals on.'

targetScope = 'resourceGroup'

@description('Optional. First part of every name.')
@minLength(2)
@maxLength(8)
param namePrefix string = 'warden'
@description('Optional. Location of the vault.')
param location string = resourceGroup().location
@description('Optional. Tags of every resource.')
param tags { *: string } = {}
@description('Required. Object id of the identity of the backup app: the output HSM_WARDEN_BACKUP_PRINCIPAL of the deployment.')
param backupPrincipalId string
@description('Required. Object id of the identity of the recovery app: the output HSM_WARDEN_RECOVERY_PRINCIPAL of the deployment.')
param recoveryPrincipalId string
@description('Optional. Object id of the identity of the drill app: the output HSM_WARDEN_DRILL_PRINCIPAL of the deployment. With it there are two more keys: one seals the results of drills, the other the recovery points of drills that must fail, and is pinned nowhere.')
param drillPrincipalId string?
@description('Optional. Premium keeps the keys in an HSM.')
param skuName ('standard' | 'premium') = 'standard'
@description('Optional. Resource id of the subnet of the private endpoints. Without it the vault is reached through its public endpoint, still by identity alone.')
param endpointsSubnetId string?
@description('Optional. Resource id of an existing private DNS zone for vaults. Without one a zone is made and linked, where there is a private endpoint.')
param dnsZoneId string?
@description('Optional. Resource id of the workspace that gets the log of every use of the keys.')
param workspaceId string?

@description('Optional. Resource id of the action group of the deployment. With it and the workspace a rule reports whoever touches a sealing key.')
param actionGroupId string?
@description('Optional. Location of that rule: that of the workspace.')
param alertLocation string = location

var unique = uniqueString(resourceGroup().id)
var isPrivate = endpointsSubnetId != null
var networkId = join(take(split(endpointsSubnetId ?? '', '/'), 9), '/')
// https://learn.microsoft.com/azure/private-link/private-endpoint-dns
var zoneName = 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
var keyType = skuName == 'premium' ? 'EC-HSM' : 'EC'
var drills = !empty(drillPrincipalId)

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: take('kv-${namePrefix}-${unique}', 24)
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: skuName }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: isPrivate ? 'Deny' : 'Allow', bypass: 'None' }
  }

  resource backupKey 'keys' = {
    name: 'warden-seal-backup'
    properties: {
      kty: keyType
      curveName: 'P-256'
      keyOps: ['sign', 'verify']
      attributes: { enabled: true, exportable: false }
    }
  }

  resource recoveryKey 'keys' = {
    name: 'warden-seal-recovery'
    properties: {
      kty: keyType
      curveName: 'P-256'
      keyOps: ['sign', 'verify']
      attributes: { enabled: true, exportable: false }
    }
  }

  resource drillKey 'keys' = if (drills) {
    name: 'warden-seal-drill'
    properties: {
      kty: keyType
      curveName: 'P-256'
      keyOps: ['sign', 'verify']
      attributes: { enabled: true, exportable: false }
    }
  }

  // Not among the public keys: what it seals must count nowhere.
  resource faultKey 'keys' = if (drills) {
    name: 'warden-seal-drill-faults'
    properties: {
      kty: keyType
      curveName: 'P-256'
      keyOps: ['sign', 'verify']
      attributes: { enabled: true, exportable: false }
    }
  }
}

resource sealRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, vault.id, 'seal')
  properties: {
    roleName: 'HSM Warden Seal ${unique}'
    description: 'Signs with a key and reads its public part. Assigned on one key.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: ['Microsoft.KeyVault/vaults/keys/read', 'Microsoft.KeyVault/vaults/keys/sign/action']
        notDataActions: []
      }
    ]
  }
}

resource readRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, vault.id, 'read')
  properties: {
    roleName: 'HSM Warden Seal Reader ${unique}'
    description: 'Reads the public part of a key. Assigned on one key.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: []
        notActions: []
        dataActions: ['Microsoft.KeyVault/vaults/keys/read']
        notDataActions: []
      }
    ]
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource backupSeals 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault::backupKey
  name: guid(vault::backupKey.id, backupPrincipalId, sealRole.name)
  properties: {
    principalId: backupPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: sealRole.id
    description: 'HSM Warden Seal: The backup app seals recovery points.'
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource recoverySeals 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault::recoveryKey
  name: guid(vault::recoveryKey.id, recoveryPrincipalId, sealRole.name)
  properties: {
    principalId: recoveryPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: sealRole.id
    description: 'HSM Warden Seal: The recovery app seals decisions.'
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource backupReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault::recoveryKey
  name: guid(vault::recoveryKey.id, backupPrincipalId, readRole.name)
  properties: {
    principalId: backupPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: readRole.id
    description: 'HSM Warden Seal Reader: The backup app verifies decisions.'
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource recoveryReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault::backupKey
  name: guid(vault::backupKey.id, recoveryPrincipalId, readRole.name)
  properties: {
    principalId: recoveryPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: readRole.id
    description: 'HSM Warden Seal Reader: The recovery app verifies recovery points.'
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource drillSeals 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (drills) {
  scope: vault::drillKey
  name: guid(vault::drillKey.id, drillPrincipalId!, sealRole.name)
  properties: {
    principalId: drillPrincipalId!
    principalType: 'ServicePrincipal'
    roleDefinitionId: sealRole.id
    description: 'HSM Warden Seal: The drill app seals results of drills.'
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource drillSealsFaults 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (drills) {
  scope: vault::faultKey
  name: guid(vault::faultKey.id, drillPrincipalId!, sealRole.name)
  properties: {
    principalId: drillPrincipalId!
    principalType: 'ServicePrincipal'
    roleDefinitionId: sealRole.id
    description: 'HSM Warden Seal: The drill app seals recovery points of drills that must fail.'
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource drillReadsBackup 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (drills) {
  scope: vault::backupKey
  name: guid(vault::backupKey.id, drillPrincipalId!, readRole.name)
  properties: {
    principalId: drillPrincipalId!
    principalType: 'ServicePrincipal'
    roleDefinitionId: readRole.id
    description: 'HSM Warden Seal Reader: The drill app verifies recovery points.'
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource drillReadsRecovery 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (drills) {
  scope: vault::recoveryKey
  name: guid(vault::recoveryKey.id, drillPrincipalId!, readRole.name)
  properties: {
    principalId: drillPrincipalId!
    principalType: 'ServicePrincipal'
    roleDefinitionId: readRole.id
    description: 'HSM Warden Seal Reader: The drill app verifies decisions.'
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource backupReadsDrill 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (drills) {
  scope: vault::drillKey
  name: guid(vault::drillKey.id, backupPrincipalId, readRole.name)
  properties: {
    principalId: backupPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: readRole.id
    description: 'HSM Warden Seal Reader: The backup app verifies results of drills.'
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource recoveryReadsDrill 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (drills) {
  scope: vault::drillKey
  name: guid(vault::drillKey.id, recoveryPrincipalId, readRole.name)
  properties: {
    principalId: recoveryPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: readRole.id
    description: 'HSM Warden Seal Reader: The recovery app verifies results of drills.'
  }
}

module dns 'modules/dns-zones.bicep' = if (isPrivate && dnsZoneId == null) {
  params: {
    tags: tags
    zones: { vault: zoneName }
    groups: ['vault']
    existingZoneIds: {}
    networkId: networkId
    addressedHsms: []
  }
}

module endpoint 'modules/private-endpoint.bicep' = if (isPrivate) {
  params: {
    name: 'pe-${vault.name}-vault'
    location: location
    tags: tags
    subnetId: endpointsSubnetId!
    targetId: vault.id
    groupId: 'vault'
    dnsZoneId: dnsZoneId ?? resourceId('Microsoft.Network/privateDnsZones', zoneName)
  }
  dependsOn: [dns]
}

// The stable version of 2016 is older still; Azure's own documentation uses this preview.
#disable-next-line use-recent-api-versions
resource uses 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (workspaceId != null) {
  scope: vault
  name: 'hsm-warden'
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ category: 'AuditEvent', enabled: true }]
  }
}

module alert 'modules/seal-alerts.bicep' = if (workspaceId != null && actionGroupId != null) {
  params: {
    nameSuffix: '${namePrefix}-${unique}'
    location: alertLocation
    tags: tags
    workspaceId: workspaceId!
    actionGroupId: actionGroupId!
    vaultName: vault.name
    backupPrincipalId: backupPrincipalId
    recoveryPrincipalId: recoveryPrincipalId
    drillPrincipalId: drillPrincipalId
  }
}

// ================ //
// Outputs          //
// ================ //

@description('WARDEN_SEAL_KEY_URL of the backup app, among `settings` of the deployment.')
output backupKeyUrl string = vault::backupKey.properties.keyUriWithVersion
@description('WARDEN_SEAL_KEY_URL of the recovery app, among `recoverySettings` of the deployment.')
output recoveryKeyUrl string = vault::recoveryKey.properties.keyUriWithVersion
@description('WARDEN_SEAL_KEY_URL of the drill app, among `drillSettings` of the deployment. Empty without a drill app.')
output drillKeyUrl string = drills ? vault::drillKey!.properties.keyUriWithVersion : ''
@description('WARDEN_DRILL_FAULT_KEY_URL, among `drillSettings` of the deployment. Empty without a drill app.')
output faultKeyUrl string = drills ? vault::faultKey!.properties.keyUriWithVersion : ''
@description('WARDEN_SEAL_PUBLIC_KEYS of all apps, among `settings` of the deployment.')
output publicKeys string = string({
  deployment: resourceGroup().id
  keys: concat(
    [
      { app: 'backup', url: vault::backupKey.properties.keyUriWithVersion }
      { app: 'recovery', url: vault::recoveryKey.properties.keyUriWithVersion }
    ],
    drills ? [{ app: 'drill', url: vault::drillKey!.properties.keyUriWithVersion }] : []
  )
})
