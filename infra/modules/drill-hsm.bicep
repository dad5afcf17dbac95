metadata name = 'Drill HSM'
metadata description = 'The drill app sees in Azure Resource Manager that a drill HSM has no purge protection and no second region, and the workspace has what is done there.'

@description('Required. Object id of the identity of the drill app.')
param principalId string
@description('Required. Name of the drill HSM.')
param hsmName string
@description('Required. Suffix that tells the settings of several deployments apart.')
param nameSuffix string
@description('Required. Resource id of the workspace.')
param workspaceId string

var reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'

resource hsm 'Microsoft.KeyVault/managedHSMs@2025-05-01' existing = {
  name: hsmName
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
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

// Drills alone write it: little, and every use by somebody else (queries/drill-hsm-used.kql).
#disable-next-line use-recent-api-versions
resource auditLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: hsm
  name: 'hsm-warden-drill-${nameSuffix}'
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ category: 'AuditEvent', enabled: true }]
  }
}
