metadata name = 'Drill HSM'
metadata description = 'The drill app sees in Azure Resource Manager that a drill HSM has no purge protection and no second region.'

@description('Required. Object id of the identity of the drill app.')
param principalId string
@description('Required. Name of the drill HSM.')
param hsmName string

var reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'

resource hsm 'Microsoft.KeyVault/managedHSMs@2025-05-01' existing = {
  name: hsmName
}

@retryOn(['PrincipalNotFound'], 10)
resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: hsm
  name: guid(hsm.id, principalId, reader)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', reader)
    description: 'Reader: the drill app sees that the HSM has no purge protection.'
  }
}
