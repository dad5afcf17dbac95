metadata name = 'Network types'
metadata description = 'Shapes of the parameters about the private network and its names.'

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

  @description('Optional. Resource id of the subnet of the drill app, delegated as one of Flex Consumption must be. Required where a drill HSM is named.')
  drillSubnetId: string?
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
@description('Names, or resource ids, of private DNS zones, by the part of a service that they serve.')
type zonesType = {
  @description('Optional. Name or id of the zone of `blob`, `queue`, `table`, `topic`, `namespace`, `managedhsm` or `sites`.')
  *: string
}

@export()
@description('Resource ids of the subnets.')
@sealed()
type subnetsType = {
  @description('Required. Resource id of the subnet of the backup app.')
  backup: string

  @description('Required. Resource id of the subnet of the recovery app.')
  recovery: string

  @description('Required. Resource id of the subnet of the private endpoints.')
  endpoints: string

  @description('Optional. Resource id of the subnet of the drill app; a network that exists already may have none.')
  drill: string?
}
