metadata name = 'HSM diagnostics'
metadata description = 'Sends the audit log of one existing Managed HSM to the Event Hub, and to the workspace where that is wanted. Deployed into the resource group of the HSM.'

@description('Required. Name of the Managed HSM.')
param hsmName string

@description('Required. Resource id of the rule by which Azure Monitor sends to the Event Hub.')
param senderRuleId string

@description('Required. Name of the hub.')
param hubName string

@description('Optional. Resource id of the workspace. Every use of every key is a record: mind the volume.')
param workspaceId string?

resource managedHsm 'Microsoft.KeyVault/managedHSMs@2026-05-15' existing = {
  name: hsmName
}

// The stable version of 2016 does not know hubs by name; Azure's own documentation uses this preview.
#disable-next-line use-recent-api-versions
resource auditLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: managedHsm
  name: 'hsm-warden'
  properties: {
    eventHubAuthorizationRuleId: senderRuleId
    eventHubName: hubName
    workspaceId: workspaceId
    logAnalyticsDestinationType: workspaceId == null ? null : 'Dedicated'
    logs: [{ category: 'AuditEvent', enabled: true }]
  }
}
