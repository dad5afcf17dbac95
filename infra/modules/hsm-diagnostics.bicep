metadata name = 'HSM diagnostics'
metadata description = 'Sends the audit log of one existing Managed HSM to the Event Hub, and to the workspace where that is wanted. Deployed into the resource group of the HSM.'

@description('Required. Name of the Managed HSM.')
param hsmName string

@description('Optional. Resource id of the rule by which Azure Monitor sends to the Event Hub. Without it the log goes to the workspace only.')
param senderRuleId string?

@description('Required. Suffix that tells the settings of several deployments apart.')
param nameSuffix string

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
  // Another deployment that protects the same HSM has a setting of its own; one HSM takes five.
  name: 'hsm-warden-${nameSuffix}'
  properties: {
    eventHubAuthorizationRuleId: senderRuleId
    eventHubName: senderRuleId == null ? null : hubName
    workspaceId: workspaceId
    logAnalyticsDestinationType: workspaceId == null ? null : 'Dedicated'
    logs: [{ category: 'AuditEvent', enabled: true }]
  }
}
