metadata name = 'HSMs'
metadata description = 'The audit log of each HSM, wherever the HSM is, and the HSM to create, if there is one.'

import { hsmType, newHsmType } from 'types/hsms.bicep'
import { auditHubName } from 'names.bicep'

@description('Required. Location of the deployment.')
param location string

@description('Optional. Tags of a new HSM.')
param tags { *: string } = {}

@description('Required. Suffix that tells this deployment apart.')
param nameSuffix string

@description('Optional. A Managed HSM to create.')
param newHsm newHsmType?

@description('Required. Resource group of that HSM.')
param newHsmResourceGroupName string

@description('Required. Every HSM, the new one among them.')
param hsms hsmType[]

@description('Required. Whether a new HSM can be reached from outside the private network.')
param publicNetworkAccess bool

@description('Required. Resource id of the rule by which Azure Monitor sends to the Event Hub.')
param senderRuleId string

@description('Required. Resource id of the workspace.')
param workspaceId string

@description('Required. Whether the audit log is also kept in the workspace.')
param auditLogToWorkspace bool

// A group that can be removed with everything in it must not hold an HSM.
var newHsmGroup = toLower(newHsmResourceGroupName) == toLower(resourceGroup().name)
  ? fail('newHsm.resourceGroupName is the group deployed to: azd down would delete the HSM and purge it. Name another group.')
  : newHsmResourceGroupName

module createdHsm 'managed-hsm.bicep' = if (newHsm != null) {
  scope: resourceGroup(newHsmGroup)
  params: { hsm: newHsm!, location: location, tags: tags, publicNetworkAccess: publicNetworkAccess }
}

// Azure Monitor sends to an Event Hub of the same region only; the log of an HSM elsewhere goes to the workspace.
// https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings#destination-limitations
module hsmDiagnostics 'hsm-diagnostics.bicep' = [
  for hsm in hsms: {
    scope: resourceGroup(
      hsm.?subscriptionId ?? subscription().subscriptionId,
      hsm.?resourceGroupName ?? resourceGroup().name
    )
    params: {
      hsmName: hsm.name
      nameSuffix: nameSuffix
      senderRuleId: (hsm.?location ?? location) == location ? senderRuleId : null
      hubName: auditHubName
      workspaceId: auditLogToWorkspace || (hsm.?location ?? location) != location ? workspaceId : null
    }
    dependsOn: [createdHsm]
  }
]
