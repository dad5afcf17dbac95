metadata name = 'HSM types'
metadata description = 'Shapes of the parameters that say which HSMs there are.'

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
@description('An HSM for restore drills.')
@sealed()
type drillHsmType = {
  @description('Required. Name of the HSM.')
  name: string

  @description('Required. Its resource group.')
  resourceGroupName: string

  @description('Optional. Its subscription, where that is another.')
  subscriptionId: string?

  @description('Optional. Its URL, in a cloud where it does not follow from the name.')
  url: string?

  @description('Optional. The protected HSMs of its security domain; all unless it says otherwise.')
  of: string[]?

  @description('Optional. How its private endpoint is approved: at once, by hand, or there is none because one exists already or the HSM is reached publicly.')
  privateEndpoint: ('automatic' | 'manual' | 'none')?

  @description('Optional. With privateEndpoint none: address of the private endpoint that exists, reachable from the network. Without it the name resolves publicly.')
  privateIpAddress: string?
}
