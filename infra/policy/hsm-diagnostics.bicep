metadata name = 'HSM diagnostics by policy'
metadata description = 'Sends the audit log of every Managed HSM below a management group to the Event Hub of a deployment, also of those that are made later.'

targetScope = 'managementGroup'

import { auditHubName } from '../modules/names.bicep'

@description('Required. Resource id of the namespace of the Event Hub, which the deployment has made.')
param hubNamespaceId string

@description('Required. Location of the namespace: a diagnostic setting delivers within a region only, so HSMs elsewhere are left alone.')
param location string

@description('Optional. DeployIfNotExists makes the setting; AuditIfNotExists only reports HSMs without one; Disabled does nothing.')
param effect ('DeployIfNotExists' | 'AuditIfNotExists' | 'Disabled') = 'DeployIfNotExists'

// Monitoring Policy Contributor: makes diagnostic settings and the deployments of policies, and has no data action:
// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/monitor
var policyRoleId = '47be4a87-7950-4631-9daf-b664a405f074'
var senderRuleId = '${hubNamespaceId}/authorizationRules/azure-monitor-sends'
var name = 'hsm-warden-diagnostics'
// One management group may hold the assignments of several deployments; such a name has 24 characters at most.
var assignmentName = 'hsm-warden-${uniqueString(hubNamespaceId)}'

resource definition 'Microsoft.Authorization/policyDefinitions@2025-03-01' = {
  name: name
  properties: {
    displayName: 'Managed HSMs send their audit log to HSM Warden'
    description: 'Without that log a change of a key is backed up by the next nightly run only, and no alert sees who used a key.'
    policyType: 'Custom'
    mode: 'Indexed'
    metadata: { category: 'Key Vault' }
    parameters: {
      effect: { type: 'String', allowedValues: ['DeployIfNotExists', 'AuditIfNotExists', 'Disabled'] }
      senderRuleId: { type: 'String' }
      hubName: { type: 'String' }
      location: { type: 'String' }
      settingName: { type: 'String' }
    }
    policyRule: {
      if: {
        allOf: [
          { field: 'type', equals: 'Microsoft.KeyVault/managedHSMs' }
          { field: 'location', equals: '[parameters(\'location\')]' }
        ]
      }
      then: {
        effect: '[parameters(\'effect\')]'
        details: {
          type: 'Microsoft.Insights/diagnosticSettings'
          // Policy wants it as it stands, not as an expression.
          roleDefinitionIds: [
            '/providers/Microsoft.Authorization/roleDefinitions/47be4a87-7950-4631-9daf-b664a405f074'
          ]
          // By what it does and not by its name: the deployment makes the setting of HSMs that it names itself.
          existenceCondition: {
            allOf: [
              {
                field: 'Microsoft.Insights/diagnosticSettings/eventHubAuthorizationRuleId'
                equals: '[parameters(\'senderRuleId\')]'
              }
              {
                field: 'Microsoft.Insights/diagnosticSettings/eventHubName'
                equals: '[parameters(\'hubName\')]'
              }
              {
                count: {
                  field: 'Microsoft.Insights/diagnosticSettings/logs[*]'
                  where: {
                    allOf: [
                      {
                        field: 'Microsoft.Insights/diagnosticSettings/logs[*].category'
                        equals: 'AuditEvent'
                      }
                      { field: 'Microsoft.Insights/diagnosticSettings/logs[*].enabled', equals: true }
                    ]
                  }
                }
                greaterOrEquals: 1
              }
            ]
          }
          deployment: {
            properties: {
              mode: 'incremental'
              template: {
                '$schema': 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'
                contentVersion: '1.0.0.0'
                parameters: {
                  hsmName: { type: 'string' }
                  senderRuleId: { type: 'string' }
                  hubName: { type: 'string' }
                  settingName: { type: 'string' }
                }
                resources: [
                  {
                    type: 'Microsoft.KeyVault/managedHSMs/providers/diagnosticSettings'
                    apiVersion: '2021-05-01-preview'
                    name: '[concat(parameters(\'hsmName\'), \'/Microsoft.Insights/\', parameters(\'settingName\'))]'
                    properties: {
                      eventHubAuthorizationRuleId: '[parameters(\'senderRuleId\')]'
                      eventHubName: '[parameters(\'hubName\')]'
                      logs: [{ category: 'AuditEvent', enabled: true }]
                    }
                  }
                ]
              }
              parameters: {
                hsmName: { value: '[field(\'name\')]' }
                senderRuleId: { value: '[parameters(\'senderRuleId\')]' }
                hubName: { value: '[parameters(\'hubName\')]' }
                settingName: { value: '[parameters(\'settingName\')]' }
              }
            }
          }
        }
      }
    }
  }
}

resource assignment 'Microsoft.Authorization/policyAssignments@2025-03-01' = {
  name: assignmentName
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    displayName: 'Managed HSMs send their audit log to HSM Warden'
    description: 'Made by infra/policy/hsm-diagnostics.bicep.'
    policyDefinitionId: definition.id
    enforcementMode: 'Default'
    parameters: {
      effect: { value: effect }
      senderRuleId: { value: senderRuleId }
      hubName: { value: auditHubName }
      location: { value: location }
      settingName: { value: assignmentName }
    }
  }
}

resource writesSettings 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(managementGroup().id, assignmentName, policyRoleId)
  properties: {
    principalId: assignment.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: tenantResourceId('Microsoft.Authorization/roleDefinitions', policyRoleId)
    description: 'Monitoring Policy Contributor: the policy makes the diagnostic settings of Managed HSMs.'
  }
}

module hubRight 'modules/hub-right.bicep' = {
  scope: resourceGroup(split(hubNamespaceId, '/')[2], split(hubNamespaceId, '/')[4])
  params: {
    namespaceName: last(split(hubNamespaceId, '/'))
    policyName: assignmentName
    principalId: assignment.identity.principalId
  }
}

@description('Resource id of the assignment, for a remediation of HSMs that are there already.')
output assignmentId string = assignment.id
