using '../../main.bicep'

// A network of somebody else, without a subnet for the third app.
param hsms = [{ name: 'contoso' }]
param entra = { clientId: '11111111-1111-1111-1111-111111111111' }
param alertReceivers = { emails: ['oncall@contoso.example'] }
param drillHsms = [{ name: 'drill', resourceGroupName: 'rg-drill' }]
param existingNetwork = {
  backupSubnetId: '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-spoke/subnets/warden-backup'
  recoverySubnetId: '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-spoke/subnets/warden-recovery'
  endpointsSubnetId: '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-spoke/subnets/endpoints'
}
