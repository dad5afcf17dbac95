metadata name = 'DNS zones'
metadata description = 'Private DNS zones and their links to the network, each unless it exists already.'

import { hsmType } from 'types/hsms.bicep'
import { zonesType } from 'types/network.bicep'

@description('Optional. Tags of every resource.')
param tags { *: string } = {}

@description('Required. Name of each zone, by the part of a service that it serves.')
param zones zonesType

@description('Required. The parts of services that have an endpoint.')
param groups string[]

@description('Required. Resource ids of zones that exist already.')
param existingZoneIds zonesType

@description('Required. Resource id of the virtual network.')
param networkId string

@description('Required. HSMs whose private endpoint exists already: their addresses become records.')
param addressedHsms hsmType[]

var ownGroups = filter(groups, group => !contains(existingZoneIds, group))
var dnsZoneNames = map(ownGroups, group => zones[group])

resource dnsZones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zone in dnsZoneNames: {
    name: zone
    location: 'global'
    tags: tags
  }
]

@batchSize(1)
resource dnsLinks 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zone, index) in dnsZoneNames: {
    parent: dnsZones[index]
    name: last(split(networkId, '/'))
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      // A name without a record here is asked for publicly: an HSM that has no endpoint of ours, and whatever else the
      // network uses of the same service. https://learn.microsoft.com/azure/dns/private-dns-fallback
      resolutionPolicy: 'NxDomainRedirect'
      virtualNetwork: { id: networkId }
    }
  }
]

resource hsmRecords 'Microsoft.Network/privateDnsZones/A@2024-06-01' = [
  for hsm in contains(ownGroups, 'managedhsm') ? addressedHsms : []: {
    name: '${zones.managedhsm}/${toLower(hsm.name)}'
    properties: {
      ttl: 300
      aRecords: [{ ipv4Address: hsm.privateIpAddress! }]
    }
    dependsOn: [dnsZones]
  }
]
