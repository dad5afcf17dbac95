metadata name = 'Private endpoint'
metadata description = 'One private endpoint and its record in a private DNS zone.'

@description('Required. Name of the endpoint.')
param name string

@description('Required. Location of the endpoint: that of its subnet.')
param location string

@description('Optional. Tags of every resource.')
param tags { *: string } = {}

@description('Required. Resource id of the subnet.')
param subnetId string

@description('Required. Resource id of what it leads to.')
param targetId string

@description('Required. The part of the target that it leads to, such as `blob`.')
param groupId string

@description('Required. Name of the private DNS zone, in this resource group.')
param dnsZoneName string

@description('Optional. Whether an owner of the target approves it by hand.')
param manualApproval bool = false

var connections = [
  {
    name: name
    properties: {
      privateLinkServiceId: targetId
      groupIds: [groupId]
      requestMessage: 'HSM Warden asks for a private connection.'
    }
  }
]

resource dnsZone 'Microsoft.Network/privateDnsZones@2024-06-01' existing = {
  name: dnsZoneName
}

resource endpoint 'Microsoft.Network/privateEndpoints@2026-03-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    customNetworkInterfaceName: '${name}-nic'
    privateLinkServiceConnections: manualApproval ? [] : connections
    manualPrivateLinkServiceConnections: manualApproval ? connections : []
  }

  resource dnsRecords 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: replace(dnsZoneName, '.', '-')
          properties: { privateDnsZoneId: dnsZone.id }
        }
      ]
    }
  }
}

@description('Resource id of the endpoint.')
output resourceId string = endpoint.id
