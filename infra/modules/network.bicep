metadata name = 'Network'
metadata description = 'Virtual network of the apps and its subnets, or those of a network that exists already.'

import { existingNetworkType } from 'types/network.bicep'

// ================ //
// Parameters       //
// ================ //

@description('Required. Name of the virtual network.')
param name string

@description('Required. Location of the network.')
param location string

@description('Optional. Tags of every resource.')
param tags { *: string } = {}

@description('Required. Address space of the network; a /24 is enough.')
param addressPrefix string

@description('Optional. Address ranges of operators (a peered network or a VPN) that may reach the private endpoints.')
param operatorAddressPrefixes string[] = []

@description('Optional. A network that exists already: then nothing is made here.')
param existingNetwork existingNetworkType?

// ================ //
// Variables        //
// ================ //

var backupPrefix = cidrSubnet(addressPrefix, 26, 0)
var recoveryPrefix = cidrSubnet(addressPrefix, 26, 1)
var endpointsPrefix = cidrSubnet(addressPrefix, 26, 2)
// There also without a drill HSM: a subnet that an app of before still uses cannot be taken away again.
var drillPrefix = cidrSubnet(addressPrefix, 26, 3)

// A subnet of Flex Consumption must be delegated to this provider:
// https://learn.microsoft.com/azure/azure-functions/flex-consumption-how-to#configure-virtual-network-integration
var appDelegation = [
  {
    name: 'flex-consumption'
    properties: { serviceName: 'Microsoft.App/environments' }
  }
]

// ================ //
// Resources        //
// ================ //

resource endpointsSecurityGroup 'Microsoft.Network/networkSecurityGroups@2026-03-01' = if (existingNetwork == null) {
  name: '${name}-endpoints'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'allow-apps-and-operators'
        properties: {
          description: 'HTTPS to storage, HSMs, Event Grid and the apps; AMQP to the Event Hub.'
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefixes: concat([backupPrefix, recoveryPrefix, drillPrefix], operatorAddressPrefixes)
          sourcePortRange: '*'
          destinationAddressPrefix: endpointsPrefix
          destinationPortRanges: ['443', '5671', '5672']
        }
      }
      {
        name: 'deny-everything-else'
        properties: {
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource appsSecurityGroup 'Microsoft.Network/networkSecurityGroups@2026-03-01' = if (existingNetwork == null) {
  name: '${name}-apps'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'deny-inbound'
        properties: {
          description: 'The integration subnets only send; requests reach the apps through the platform.'
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2026-03-01' = if (existingNetwork == null) {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'backup-app'
        properties: {
          addressPrefix: backupPrefix
          delegations: appDelegation
          networkSecurityGroup: { id: appsSecurityGroup.id }
        }
      }
      {
        name: 'recovery-app'
        properties: {
          addressPrefix: recoveryPrefix
          delegations: appDelegation
          networkSecurityGroup: { id: appsSecurityGroup.id }
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointsPrefix
          networkSecurityGroup: { id: endpointsSecurityGroup.id }
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
      {
        name: 'drill-app'
        properties: {
          addressPrefix: drillPrefix
          delegations: appDelegation
          networkSecurityGroup: { id: appsSecurityGroup.id }
        }
      }
    ]
  }

  resource backupSubnet 'subnets' existing = { name: 'backup-app' }
  resource recoverySubnet 'subnets' existing = { name: 'recovery-app' }
  resource endpointsSubnet 'subnets' existing = { name: 'endpoints' }
  resource drillSubnet 'subnets' existing = { name: 'drill-app' }
}

// ================ //
// Outputs          //
// ================ //

@description('Resource id of the subnet of the backup app.')
output backupSubnetId string = existingNetwork.?backupSubnetId ?? network::backupSubnet.id

@description('Resource id of the subnet of the recovery app.')
output recoverySubnetId string = existingNetwork.?recoverySubnetId ?? network::recoverySubnet.id

@description('Resource id of the subnet of the private endpoints.')
output endpointsSubnetId string = existingNetwork.?endpointsSubnetId ?? network::endpointsSubnet.id

@description('Resource id of the subnet of the drill app, where there is one.')
output drillSubnetId string? = existingNetwork == null
  ? network::drillSubnet.id
  : existingNetwork.?drillSubnetId
