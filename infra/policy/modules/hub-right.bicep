metadata name = 'Right of the policy on the hub'
metadata description = 'Lets the identity of the policy name the rule by which Azure Monitor sends. Deployed into the resource group of the namespace.'

@description('Required. Name of the namespace.')
param namespaceName string

@description('Required. Name of the policy assignment.')
param policyName string

@description('Required. Principal id of the identity of the policy assignment.')
param principalId string

resource namespace 'Microsoft.EventHub/namespaces@2026-01-01' existing = {
  name: namespaceName

  resource senderRule 'authorizationRules' existing = {
    name: 'azure-monitor-sends'
  }
}

// Whoever makes a setting must be allowed to list the keys of the rule it names; every built-in role that may do so may do more.
resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(namespace.id, 'policy')
  properties: {
    roleName: 'HSM Warden Policy ${uniqueString(namespace.id)}'
    description: 'Names the rule by which Azure Monitor sends in a diagnostic setting. Assigned on that rule.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: [
          'Microsoft.EventHub/namespaces/authorizationRules/read'
          'Microsoft.EventHub/namespaces/authorizationRules/listkeys/action'
        ]
        notActions: []
        dataActions: []
        notDataActions: []
      }
    ]
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource assigned 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: namespace::senderRule
  name: guid(namespace::senderRule.id, policyName, role.name)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: role.id
    description: 'HSM Warden Policy: the policy sends the logs of Managed HSMs to the hub.'
  }
}
