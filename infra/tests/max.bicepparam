using '../main.bicep'

// Every parameter given, most of them unlike their defaults.
param namePrefix = 'keys'
param location = 'northeurope'
param tags = { owner: 'security' }
param hsms = [
  {
    name: 'contoso'
    resourceGroupName: 'rg-hsm'
    subscriptionId: '00000000-0000-0000-0000-000000000002'
    pace: 5
    privateEndpoint: 'manual'
  }
  {
    name: 'fabrikam'
    url: 'https://fabrikam.managedhsm.azure.net'
    privateEndpoint: 'none'
  }
]
param newHsm = {
  name: 'adventure'
  administrators: ['22222222-2222-2222-2222-222222222222']
  softDeleteRetentionInDays: 30
  enablePurgeProtection: true
}
param entra = {
  clientId: '11111111-1111-1111-1111-111111111111'
  tenantId: '33333333-3333-3333-3333-333333333333'
}
param drillHsms = [
  {
    name: 'drill'
    resourceGroupName: 'rg-drill'
    subscriptionId: '00000000-0000-0000-0000-000000000002'
    of: ['contoso', 'fabrikam']
  }
  { name: 'drill-2', resourceGroupName: 'rg-drill', of: ['adventure'], privateEndpoint: 'none' }
]
param nodeVersion = '24'
param settings = { WARDEN_EXCLUDE_TAGS: 'backup=no', WARDEN_REFRESH_DAYS: '3' }
param recoverySettings = { WARDEN_APPROVALS: '3', WARDEN_APPROVAL_GROUPS: 'security,key-owner' }
param drillSettings = { WARDEN_DRILL_DAYS: '14' }
param notifySecretUri = 'https://kv-contoso.vault.azure.net/secrets/warden-notifications'

param webhooks = {
  secretUri: 'https://kv-contoso.vault.azure.net/secrets/warden-webhooks'
  applications: { events: ['4962773b-9cdb-44cf-a8bf-237846a00ab7'] }
  sources: ['alerts', 'events']
}
param regionHasZones = false
param zoneRedundantApps = true
param siteUpdateStrategy = 'RollingUpdate'
param disabledFunctions = ['nightlyBackup', 'nightlyDrill']
param maximumInstanceCount = 100
param backupStorage = {
  skuName: 'Standard_ZRS'
  immutabilityDays: 365
  softDeleteDays: 14
  coolAfterDays: 7
  deleteAfterDays: 200
}
param backupResourceGroupName = 'rg-vault'
param lockImmutability = false
param hostStorageSkuName = 'Standard_LRS'
param privateNetworking = false
param addressPrefix = '10.9.0.0/24'
param operatorAddressPrefixes = ['10.1.0.0/16']
param publicApps = true
param eventWebhookUrl = 'https://events.contoso.example/warden'
param eventWebhookApplication = 'api://events'
param alertReceivers = {
  emails: ['oncall@contoso.example']
  webhooks: ['https://pager.contoso.example/azure']
}
param sweepGraceHours = 6
param logRetentionInDays = 365
param auditLogToWorkspace = false
