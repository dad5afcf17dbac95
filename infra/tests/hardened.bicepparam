using '../main.bicep'

// As closed as it gets: nothing is reached from outside, and the immutability is locked for good.
param hsms = [{ name: 'contoso' }, { name: 'fabrikam' }]
param newHsm = {
  name: 'adventure'
  resourceGroupName: 'rg-keys'
  administrators: ['22222222-2222-2222-2222-222222222222']
}
param drillHsms = [{ name: 'drill', resourceGroupName: 'rg-drill' }]
param entra = { clientId: '11111111-1111-1111-1111-111111111111' }
param backupStorage = { skuName: 'Standard_GZRS', immutabilityDays: 365, deleteAfterDays: 800 }
param lockImmutability = true
param hostStorageSkuName = 'Standard_GZRS'
param privateNetworking = true
param publicApps = false
param webConsole = false
param operatorAddressPrefixes = ['10.1.0.0/16']
param alertReceivers = { emails: ['oncall@contoso.example'] }
param logRetentionInDays = 365
param settings = {
  WARDEN_SEAL_KEY_URL: 'https://kv-contoso.vault.azure.net/keys/backup/0123456789abcdef0123456789abcdef'
  WARDEN_SEAL_PUBLIC_KEYS: '{"deployment":"contoso","keys":[{"app":"backup","url":"https://kv-contoso.vault.azure.net/keys/backup/0123456789abcdef0123456789abcdef"}]}'
  WARDEN_NOTIFY_CHANNELS: '[{"type":"teams","name":"ops"},{"type":"pagerduty","name":"pager"}]'
}
