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

@description('Optional. Resource id of the private DNS zone; without one a policy of the landing zone writes the record.')
param dnsZoneId string?

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

  resource dnsRecords 'privateDnsZoneGroups' = if (dnsZoneId != null) {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: replace(last(split(dnsZoneId!, '/')), '.', '-')
          properties: { privateDnsZoneId: dnsZoneId! }
        }
      ]
    }
  }
}

@description('Resource id of the endpoint.')
output resourceId string = endpoint.id
