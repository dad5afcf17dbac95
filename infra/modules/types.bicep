metadata name = 'Types'
metadata description = 'Shapes of the parameters that several modules take.'

@export()
@description('Names of the resources, by what they are.')
type namesType = {
  @description('Optional. Name of the resource.')
  *: string
}

@export()
@description('Redundancy of a storage account.')
type skuType = 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS' | 'Standard_GZRS'

@export()
@description('Names, or resource ids, of private DNS zones, by the part of a service that they serve.')
type zonesType = {
  @description('Optional. Name or id of the zone of `blob`, `queue`, `table`, `topic`, `namespace`, `managedhsm` or `sites`.')
  *: string
}

@export()
@description('A network that exists already. The deployment makes neither network nor subnets then.')
@sealed()
type existingNetworkType = {
  @description('Required. Resource id of the subnet of the backup app, delegated as one of Flex Consumption must be.')
  backupSubnetId: string

  @description('Required. Resource id of the subnet of the recovery app, delegated as one of Flex Consumption must be. Flex Consumption apps share a subnet only with apps of their own plan.')
  recoverySubnetId: string

  @description('Required. Resource id of the subnet of the private endpoints.')
  endpointsSubnetId: string
}

@export()
@description('Who keeps the private DNS records.')
@sealed()
type privateDnsType = {
  @description('Optional. `zones` makes, or uses, zones and writes the records. `policy` makes neither: a policy of the landing zone does. Defaults to zones.')
  mode: ('zones' | 'policy')?

  @description('Optional. Resource ids of zones that exist already, by `blob`, `queue`, `table`, `topic`, `namespace`, `managedhsm`, `sites`. The others are made.')
  existingZoneIds: zonesType?
}

@export()
@description('A Managed HSM to protect.')
@sealed()
type hsmType = {
  @description('Required. Name of the Managed HSM.')
  @minLength(3)
  @maxLength(24)
  name: string

  @description('Optional. Resource group of the HSM, where that is not the one deployed to.')
  resourceGroupName: string?

  @description('Optional. Subscription of the HSM, where that is not the one deployed to.')
  subscriptionId: string?

  @description('Optional. Region of the HSM, where that is not the one deployed to. Its audit log then reaches the workspace only: deletions are found by the watch, every quarter of an hour.')
  location: string?

  @description('Optional. Data-plane URL, for a sovereign cloud or a name of its own.')
  url: string?

  @description('Optional. Key backups a second on this HSM; the service allows 10 to everybody together.')
  @minValue(1)
  @maxValue(10)
  pace: int?

  @description('Optional. How its private endpoint is approved: at once (the deployer may approve connections of the HSM), by hand, or there is none because one exists already or the HSM is reached publicly.')
  privateEndpoint: ('automatic' | 'manual' | 'none')?

  @description('Optional. With privateEndpoint none: address of the private endpoint that exists, reachable from the network. Without it the name resolves publicly.')
  privateIpAddress: string?
}

@export()
@description('A Managed HSM as the setting WARDEN_HSMS has it.')
@sealed()
type hsmSettingType = {
  @description('Required. Name of the Managed HSM.')
  name: string

  @description('Optional. Data-plane URL.')
  url: string?

  @description('Optional. Key backups a second.')
  pace: int?
}

@export()
@description('A Managed HSM to create.')
@sealed()
type newHsmType = {
  @description('Optional. Resource group of the HSM; it must exist. Never the one deployed to, which can be removed with everything in it. Defaults to the name of that group and `-hsm`.')
  resourceGroupName: string?

  @description('Required. Name of the Managed HSM; the first part of its URL.')
  @minLength(3)
  @maxLength(24)
  name: string

  @description('Required. Object ids of the first administrators, who must download its security domain before it can be used.')
  @minLength(1)
  administrators: string[]

  @description('Optional. Days a deleted key can be recovered; fixed when the HSM is made. Defaults to 90.')
  @minValue(7)
  @maxValue(90)
  softDeleteRetentionInDays: int?

  @description('Optional. Whether nobody can purge a deleted key before its time. Defaults to true; cannot be switched off again.')
  enablePurgeProtection: bool?

  @description('Optional. Whether the HSM itself is locked against deletion. Defaults to true.')
  lock: bool?
}

@export()
@description('Rules of the storage account of the backups.')
@sealed()
type backupStorageType = {
  @description('Optional. Redundancy. Defaults to Standard_GZRS: three zones, and a second region.')
  skuName: skuType?

  @description('Optional. Days during which nobody can change or delete a backup. Defaults to 90.')
  @minValue(1)
  @maxValue(3650)
  immutabilityDays: int?

  @description('Optional. Days a deleted blob or container can be undeleted. Defaults to 30.')
  @minValue(7)
  @maxValue(365)
  softDeleteDays: int?

  @description('Optional. Days after which a backup moves to the cool tier. Defaults to 30.')
  @minValue(1)
  coolAfterDays: int?

  @description('Optional. Days after which a backup is deleted, never before its immutability ends. Defaults to 400. Longer than any retention of a deleted key (90) and refresh of a backup (90) together. Pinned backups stay.')
  @minValue(181)
  deleteAfterDays: int?
}

@export()
@description('Who is told of an alert.')
@sealed()
type receiversType = {
  @description('Optional. Addresses that get a mail.')
  emails: string[]?

  @description('Optional. https URLs that get the common alert schema.')
  webhooks: string[]?
}

@export()
@description('The Entra application that callers of the recovery API get tokens for.')
@sealed()
type entraType = {
  @description('Required. Application (client) id of the registration.')
  @minLength(36)
  @maxLength(36)
  clientId: string

  @description('Optional. Tenant of the callers. Defaults to the tenant deployed to.')
  tenantId: string?
}

@export()
@description('A secret-free app setting: its name and value.')
type settingsType = {
  @description('Optional. Value of the setting of that name.')
  *: string
}

@export()
@description('A right of one identity on one container or queue.')
@sealed()
type assignmentType = {
  @description('Required. Name of the container or queue.')
  target: string

  @description('Required. Name of the identity.')
  name: string

  @description('Required. Principal id of the identity.')
  principalId: string

  @description('Required. Name of the role, as Azure shows it.')
  roleName: string

  @description('Required. GUID of the role definition.')
  roleId: string

  @description('Required. What the right is needed for; shown on the assignment in Azure.')
  why: string

  @description('Optional. Condition (version 2.0) that narrows the right.')
  condition: string?
}

@export()
@description('The identity of one app.')
@sealed()
type identityType = {
  @description('Required. Name of the identity.')
  name: string

  @description('Required. Resource id of the identity.')
  resourceId: string

  @description('Required. Object id, to which roles are assigned and which makes the names of its role assignments.')
  principalId: string

  @description('Required. Client id, by which the app chooses it.')
  clientId: string
}

@export()
@description('An identity that gets rights.')
@sealed()
type principalType = {
  @description('Required. Name of the identity.')
  name: string

  @description('Required. Principal id of the identity.')
  principalId: string
}

@export()
@description('An identity that gets one right, and what for.')
@sealed()
type reasonedPrincipalType = {
  @description('Required. Name of the identity.')
  name: string

  @description('Required. Principal id of the identity.')
  principalId: string

  @description('Required. What the right is needed for; shown on the assignment in Azure.')
  why: string
}

@export()
@description('Webhooks that may open recovery requests.')
@sealed()
type webhooksType = {
  @description('Optional. URI of the Key Vault secret with the value of WARDEN_WEBHOOK_SECRETS, where a source signs. The recovery app needs the role Key Vault Secrets User on it.')
  secretUri: string?

  @description('Optional. Client ids of the applications that may deliver with their Entra token, by source, such as Event Grid\'s own. Sets WARDEN_WEBHOOK_APPS.')
  applications: webhookApplicationsType?

  @description('Required. Names of the sources, as in that secret and among those applications: their paths are open to requests without a token.')
  @minLength(1)
  sources: string[]
}

@export()
@description('Client ids of applications, by webhook source.')
type webhookApplicationsType = {
  @description('Optional. The applications of one source.')
  *: string[]
}
