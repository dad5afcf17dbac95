metadata name = 'Drill backups'
metadata description = 'The drill app reads the backups that it restores, and in the audit log which HSMs people added. It writes nothing there.'

@description('Required. Object id of the identity of the drill app.')
param principalId string
@description('Required. Name of the storage account of the backups.')
param accountName string
@description('Required. Name of the container of the backups.')
param containerName string
@description('Required. Name of the container of the audit log.')
param auditContainer string

var blobReader = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'

resource account 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: accountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource backups 'containers' existing = { name: containerName }

    resource audit 'containers' existing = { name: auditContainer }
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource readsBackups 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account::blobs::backups
  name: guid(account::blobs::backups.id, principalId, blobReader)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobReader)
    description: 'Storage Blob Data Reader: the drill app reads the backups that it restores.'
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource readsAuditLog 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account::blobs::audit
  name: guid(account::blobs::audit.id, principalId, blobReader)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobReader)
    description: 'Storage Blob Data Reader: the drill app reads which HSMs people added, so that these are drilled, too. It cannot write there.'
  }
}
