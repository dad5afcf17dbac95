metadata name = 'Alerting'
metadata description = 'Everything outside the apps that speaks up: rules over logs, metrics and changes, and the workbook.'

import { namesType } from 'types/general.bicep'
import { drillHsmType, hsmType } from 'types/hsms.bicep'
import { hsmIdOf } from 'hsm-list.bicep'

@description('Required. Names of the resources.')
param names namesType
@description('Required. Location of the rules: that of the workspace.')
param location string
@description('Optional. Tags of every rule.')
param tags { *: string } = {}
@description('Required. The HSMs.')
param hsms hsmType[]
@description('Required. Resource group of the backups.')
param backupResourceGroupName string
@description('Required. Resource id of the workspace.')
param workspaceId string
@description('Required. Resource id of the action group.')
param actionGroupId string
@description('Required. Resource id of the topic.')
param topicId string
@description('Required. Hours after its time within which a run must have ended.')
param sweepGraceHours int
@description('Required. Whether the audit log of every HSM is kept in the workspace; that of an HSM elsewhere always is.')
param auditLogToWorkspace bool
@description('Required. Object ids of the identities of the apps.')
param principalIds string[]
@description('Required. The HSMs for restore drills.')
param drillHsms drillHsmType[]
@description('Optional. Object id of the identity of the drill app, where there is one.')
param drillPrincipalId string?

module alerts 'alerts.bicep' = {
  params: {
    nameSuffix: names.suffix
    location: location
    tags: tags
    workspaceId: workspaceId
    actionGroupId: actionGroupId
    hsmNames: map(hsms, hsm => hsm.name)
    // The hub takes the log of HSMs of its region only.
    fedHsmNames: map(filter(hsms, hsm => (hsm.?location ?? location) == location), hsm => hsm.name)
    loggedHsmNames: map(
      filter(hsms, hsm => auditLogToWorkspace || (hsm.?location ?? location) != location),
      hsm => hsm.name
    )
    storageAccounts: { backups: names.backups, queues: names.backupHost }
    hsmIds: map(hsms, hsm => hsmIdOf(hsm, subscription().subscriptionId, resourceGroup().name))
    sweepHours: 24 + sweepGraceHours
    principalIds: principalIds
  }
}

module platformAlerts 'alerts-platform.bicep' = {
  params: {
    nameSuffix: names.suffix
    tags: tags
    actionGroupId: actionGroupId
    topicId: topicId
    resourceGroupIds: [
      resourceGroup().id
      subscriptionResourceId('Microsoft.Resources/resourceGroups', backupResourceGroupName)
    ]
    hsmIds: map(
      filter(
        hsms,
        hsm => (hsm.?subscriptionId ?? subscription().subscriptionId) == subscription().subscriptionId
      ),
      hsm => hsmIdOf(hsm, subscription().subscriptionId, resourceGroup().name)
    )
  }
}

module changesElsewhere 'hsm-change-alert.bicep' = [
  for hsm in filter(
    hsms,
    hsm => (hsm.?subscriptionId ?? subscription().subscriptionId) != subscription().subscriptionId
  ): {
    scope: resourceGroup(hsm.subscriptionId!, hsm.?resourceGroupName ?? resourceGroup().name)
    params: { hsmName: hsm.name, nameSuffix: names.suffix, tags: tags, actionGroupId: actionGroupId }
  }
]

// Only the drill app may use a drill HSM, and it must run in each.
module drillAlerts 'drill-alerts.bicep' = if (!empty(drillHsms)) {
  params: {
    nameSuffix: names.suffix
    location: location
    tags: tags
    workspaceId: workspaceId
    actionGroupId: actionGroupId
    drillHsmNames: map(drillHsms, hsm => hsm.name)
    #disable-next-line what-if-short-circuiting // Only an object id tells a new identity from a removed one.
    principalId: drillPrincipalId!
  }
}

module workbook 'workbook.bicep' = {
  params: { nameSuffix: names.suffix, location: location, tags: tags, workspaceId: workspaceId }
}
