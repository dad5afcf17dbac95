using '../main.bicep'

// In a landing zone: the network and one DNS zone exist, the region has no zones, one HSM has an endpoint already and
// another is in another region.
param namePrefix = 'hsm-1'
param hsms = [
  {
    name: 'contoso'
    resourceGroupName: 'rg-hsm'
    privateEndpoint: 'none'
    privateIpAddress: '10.20.0.9'
  }
  { name: 'fabrikam', resourceGroupName: 'rg-hsm', location: 'swedencentral' }
]
param drillHsms = [
  {
    name: 'drill'
    resourceGroupName: 'rg-drill'
    privateEndpoint: 'none'
    privateIpAddress: '10.20.0.10'
  }
]
param entra = { clientId: '11111111-1111-1111-1111-111111111111' }
param alertReceivers = { emails: ['oncall@contoso.example'] }
param regionHasZones = false
var network = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-spoke'
param existingNetwork = {
  backupSubnetId: '${network}/subnets/warden-backup'
  recoverySubnetId: '${network}/subnets/warden-recovery'
  endpointsSubnetId: '${network}/subnets/endpoints'
  drillSubnetId: '${network}/subnets/warden-drill'
}
param privateDns = {
  existingZoneIds: {
    blob: '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-dns/providers/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net'
  }
}
