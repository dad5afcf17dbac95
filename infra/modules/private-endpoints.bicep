metadata name = 'Private endpoints'
metadata description = 'Every private endpoint: of storage, events, the apps where they are closed, and the HSMs; and their DNS.'

import { namesType } from 'types/general.bicep'
import { hsmType } from 'types/hsms.bicep'
import { privateDnsType, zonesType } from 'types/network.bicep'
import { hsmIdOf } from 'hsm-list.bicep'

@description('Required. Names of the resources.')
param names namesType

@description('Required. Location of the endpoints: that of their subnet.')
param location string

@description('Optional. Tags of every resource.')
param tags { *: string } = {}

@description('Required. Resource group of the backups.')
param backupResourceGroupName string

@description('Required. The HSMs, those for drills among them.')
param hsms hsmType[]

@description('Required. Whether there is a drill app, which has endpoints, too.')
param drills bool

@description('Required. Whether the apps can be called from outside the network; else they have an endpoint, too.')
param publicApps bool

@description('Required. Resource id of the virtual network.')
param networkId string

@description('Required. Resource id of the subnet of the endpoints.')
param endpointsSubnetId string

@description('Required. Name of each DNS zone, by the part of a service that it serves.')
param zones zonesType

@description('Required. Who keeps the private DNS records.')
param privateDns privateDnsType

var hosts = concat([names.backupHost, names.recoveryHost], drills ? [names.drillHost] : [])
var apps = concat([names.backupApp, names.recoveryApp], drills ? [names.drillApp] : [])
var backupsId = resourceId(backupResourceGroupName, 'Microsoft.Storage/storageAccounts', names.backups)
var endpoints = concat(
  flatten(map(
    hosts,
    host =>
      map(['blob', 'queue', 'table'], group => {
        owner: host
        id: resourceId('Microsoft.Storage/storageAccounts', host)
        group: group
      })
  )),
  [
    { owner: names.backups, id: backupsId, group: 'blob' }
    { owner: names.topic, id: resourceId('Microsoft.EventGrid/topics', names.topic), group: 'topic' }
    {
      owner: names.namespace
      id: resourceId('Microsoft.EventHub/namespaces', names.namespace)
      group: 'namespace'
    }
  ],
  publicApps
    ? []
    : map(apps, app => {
        owner: app
        id: resourceId('Microsoft.Web/sites', app)
        group: 'sites'
      })
)
var hsmEndpoints = filter(hsms, hsm => (hsm.?privateEndpoint ?? 'automatic') != 'none')
var existingZoneIds zonesType = privateDns.?existingZoneIds ?? {}
var byPolicy = privateDns.?mode == 'policy'

module dns 'dns-zones.bicep' = if (!byPolicy) {
  params: {
    tags: tags
    zones: zones
    groups: concat(
      ['blob', 'queue', 'table', 'topic', 'namespace', 'managedhsm'],
      publicApps ? [] : ['sites']
    )
    existingZoneIds: existingZoneIds
    networkId: networkId
    addressedHsms: filter(hsms, hsm => hsm.?privateIpAddress != null)
  }
}

// One after the other: a storage account takes one change of its connections at a time, and so does a subnet.
@batchSize(1)
module privateEndpoints 'private-endpoint.bicep' = [
  for endpoint in endpoints: {
    params: {
      name: 'pe-${endpoint.owner}-${endpoint.group}'
      location: location
      tags: tags
      subnetId: endpointsSubnetId
      targetId: endpoint.id
      groupId: endpoint.group
      dnsZoneId: byPolicy
        ? null
        : existingZoneIds[?endpoint.group] ?? resourceId(
            'Microsoft.Network/privateDnsZones',
            zones[endpoint.group]
          )
    }
    dependsOn: [dns]
  }
]

@batchSize(1)
module hsmPrivateEndpoints 'private-endpoint.bicep' = [
  for hsm in hsmEndpoints: {
    params: {
      name: 'pe-${hsm.name}-managedhsm'
      location: location
      tags: tags
      subnetId: endpointsSubnetId
      targetId: hsmIdOf(hsm, subscription().subscriptionId, resourceGroup().name)
      groupId: 'managedhsm'
      dnsZoneId: byPolicy
        ? null
        : existingZoneIds.?managedhsm ?? resourceId('Microsoft.Network/privateDnsZones', zones.managedhsm)
      manualApproval: (hsm.?privateEndpoint ?? 'automatic') == 'manual'
    }
    dependsOn: [privateEndpoints]
  }
]
