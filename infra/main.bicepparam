using 'main.bicep'

// What `azd up` deploys. azd fills the variables from its environment (`azd env set NAME value`); everything else is
// edited here. The comments say what a value means; infra/main.bicep and docs/deploy.md say more.

// The HSMs to protect, by name, and their resource group, which is not the one deployed to: `azd down` removes that one
// with everything in it. For one in another resource group or subscription, or with a pace of its own, write
// the object instead: { name: 'contoso', resourceGroupName: 'rg-hsm', subscriptionId: '…', pace: 5 }.
param hsms = map(split(readEnvironmentVariable('HSM_WARDEN_HSM_NAMES', 'change-me'), ','), name => {
  name: trim(name)
  resourceGroupName: readEnvironmentVariable('HSM_WARDEN_HSM_RESOURCE_GROUP', 'change-me')
})

// The HSMs for restore drills (docs/drills.md), as JSON: [{"name":"drill","resourceGroupName":"rg-drill"}]. None: no drills.
param drillHsms = json(readEnvironmentVariable('HSM_WARDEN_DRILL_HSMS_JSON', '[]'))

// The Entra application of the recovery API. The preprovision hook makes it and sets the variable.
param entra = {
  clientId: readEnvironmentVariable('HSM_WARDEN_ENTRA_CLIENT_ID', '00000000-0000-0000-0000-000000000000')
}

// Who is notified when something is wrong: at least one address, else the deployment is refused.
param alertReceivers = {
  emails: filter(
    split(readEnvironmentVariable('HSM_WARDEN_ALERT_EMAILS', ''), ','),
    address => !empty(address)
  )
}

// The backups: how redundant, how long nobody can change them, how long they are kept.
param backupStorage = {
  skuName: 'Standard_GZRS'
  immutabilityDays: 90
  deleteAfterDays: 400
}

// Stays false for the first deployment. True cannot be taken back: nobody can delete or shorten anything afterwards.
param lockImmutability = false

// False only for a trial: then storage, events and HSMs are reached through public endpoints, still by identity alone.
param privateNetworking = bool(readEnvironmentVariable('HSM_WARDEN_PRIVATE_NETWORKING', 'true'))

// False closes the apps to the outside too. azd must then run inside the network to deploy the packages.
param publicApps = bool(readEnvironmentVariable('HSM_WARDEN_PUBLIC_APPS', 'true'))

// The group of the backups, which exists: by default the name of the group deployed to and `-backups`.
param backupResourceGroupName = empty(readEnvironmentVariable('HSM_WARDEN_BACKUP_RESOURCE_GROUP', ''))
  ? '${readEnvironmentVariable('AZURE_RESOURCE_GROUP', 'change-me')}-backups'
  : readEnvironmentVariable('HSM_WARDEN_BACKUP_RESOURCE_GROUP', '')
