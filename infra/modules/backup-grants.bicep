metadata name = 'Backup grants'
metadata description = 'Who may add backups and audit records, and read them. Nobody may overwrite or delete one.'

import { principalType } from 'types/identities.bicep'

@description('Required. Name of the storage account of the backups.')
param accountName string

@description('Required. Name of the container of the backups.')
param backupContainer string

@description('Required. Name of the container of the audit log.')
param auditContainer string

@description('Required. The identity of the backup app.')
param backupIdentity principalType

@description('Required. The identity of the recovery app.')
param recoveryIdentity principalType

var assignments = [
  {
    container: backupContainer
    identity: backupIdentity
    why: 'The backup app adds backups and reads them again to verify them. It cannot overwrite or delete one.'
  }
  {
    container: backupContainer
    identity: recoveryIdentity
    why: 'The recovery app reads backups to restore them and adds a fresh one afterwards. It cannot overwrite or delete one.'
  }
  {
    container: auditContainer
    identity: recoveryIdentity
    why: 'The recovery app appends each step to the audit log and reads it to prove the chain. It cannot rewrite it.'
  }
]

resource account 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: accountName

  resource blobs 'blobServices' existing = { name: 'default' }
}

resource appendOnlyRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  name: guid(resourceGroup().id, account.id, 'append-only')
}

resource assignedContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2026-06-01' existing = [
  for assignment in assignments: {
    parent: account::blobs
    name: assignment.container
  }
]

// Built in: Storage Blob Data Reader.
var dataReaderRoleId = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
var readers = [
  {
    identity: backupIdentity
    why: 'The backup app compares what an HSM says it brought back with what the recovery app had claimed. It cannot write there.'
  }
]

resource auditLog 'Microsoft.Storage/storageAccounts/blobServices/containers@2026-06-01' existing = {
  parent: account::blobs
  name: auditContainer
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource auditReaders 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for reader in readers: {
    scope: auditLog
    name: guid(account.id, auditContainer, reader.identity.principalId, dataReaderRoleId)
    properties: {
      principalId: reader.identity.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataReaderRoleId)
      description: 'Storage Blob Data Reader: ${reader.why}'
    }
  }
]

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource roleAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (assignment, index) in assignments: {
    scope: assignedContainers[index]
    name: guid(account.id, assignment.container, assignment.identity.principalId, appendOnlyRole.name)
    properties: {
      principalId: assignment.identity.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: appendOnlyRole.id
      description: 'HSM Warden Blob Appender: ${assignment.why}'
    }
  }
]
