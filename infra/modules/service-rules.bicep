metadata name = 'Service rules'
metadata description = 'Rules over what the HSMs and the storage say of themselves, and over the silence of what must speak: they need no app of ours to live.'

@export()
@description('Each with its query, how often it is asked and how far back.')
var serviceRules = [
  {
    name: 'key-removed'
    title: 'The HSM deleted or purged a key'
    description: 'The HSM says itself that somebody deleted or purged a key. Reported also while the backup app, which says how much it matters, is dead.'
    query: loadTextContent('../queries/key-removed.kql')
    severity: 1
    frequency: 'PT15M'
    window: 'PT1H'
    range: 'PT1H'
  }
  {
    name: 'security-domain-touched'
    title: 'The security domain was touched'
    description: 'Somebody read or replaced the security domain of this HSM, or restored the whole HSM. With the security domain every backup can be opened: treat it as an attack unless you did it.'
    query: loadTextContent('../queries/security-domain-touched.kql')
    severity: 0
    frequency: 'PT15M'
    window: 'PT1H'
    range: 'PT1H'
  }
  {
    name: 'hsm-administered'
    title: 'An HSM was administered'
    description: 'Somebody changed the local roles or the settings of this HSM, or did what is no use of a key. With a role keys can be purged. Expected, or not?'
    query: loadTextContent('../queries/hsm-administered.kql')
    severity: 1
    frequency: 'PT15M'
    window: 'PT1H'
    range: 'PT1H'
  }
  {
    name: 'audit-log-missing'
    title: 'The audit log of an HSM is missing'
    description: 'The app scans this HSM, and for two hours nothing of its audit log has reached the workspace: the rules over it are blind. See its diagnostic setting.'
    query: loadTextContent('../queries/audit-log-missing.kql')
    severity: 1
    frequency: 'PT1H'
    window: 'PT1H'
    range: 'PT4H'
  }
  {
    name: 'storage-log-missing'
    title: 'The log of a storage account is missing'
    description: 'This account is used, and for two hours nothing of its log has reached the workspace: who touches the backups, or what is poisoned, goes unseen. See its diagnostic setting.'
    query: loadTextContent('../queries/storage-log-missing.kql')
    severity: 1
    frequency: 'PT1H'
    window: 'PT1H'
    range: 'PT4H'
  }
  {
    name: 'audit-height-unknown'
    title: 'The height of the audit log is unknown'
    description: 'For 45 minutes nothing said how many lines the audit log of the recoveries has: lines could be cut off unseen.'
    query: loadTextContent('../queries/audit-height-unknown.kql')
    severity: 1
    frequency: 'PT15M'
    window: 'PT1H'
    range: 'PT1H'
  }
  {
    name: 'keys-gone-still'
    title: 'Purged keys are not back'
    description: 'Keys were purged in the last 14 days, backups bring them back, and nobody has. Repeated every day until they are back.'
    query: loadTextContent('../queries/keys-gone-still.kql')
    severity: 2
    frequency: 'P1D'
    window: 'P1D'
    range: 'P2D'
  }
]
