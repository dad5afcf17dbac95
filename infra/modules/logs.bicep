metadata name = 'Logs'
metadata description = 'Log Analytics workspace, and the action group: who is notified of an alert.'

import { receiversType } from 'types/general.bicep'

@description('Required. Suffix of every name.')
param nameSuffix string

@description('Required. Location of the workspace.')
param location string

@description('Optional. Tags of every resource.')
param tags { *: string } = {}

@description('Optional. Days the logs are kept.')
@minValue(30)
@maxValue(730)
param retentionInDays int = 90

@description('Optional. Gigabytes a day after which ingestion stops; -1 for none. A cap also silences the alerts.')
param dailyQuotaGb int = -1

@description('Required. who is notified of an alert.')
param receivers receiversType

// Without a receiver every alert fires unheard: such a deployment is refused.
var emails = empty(concat(receivers.?emails ?? [], receivers.?webhooks ?? []))
  ? fail('alertReceivers names nobody. Name at least one mail address or webhook: without one, no alert is heard.')
  : receivers.?emails ?? []

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: 'log-${nameSuffix}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionInDays
    workspaceCapping: { dailyQuotaGb: dailyQuotaGb }
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${nameSuffix}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'hsm-warden'
    emailReceivers: [
      for (address, index) in emails: {
        name: 'email-${index}'
        emailAddress: address
        useCommonAlertSchema: true
      }
    ]
    webhookReceivers: [
      for (url, index) in receivers.?webhooks ?? []: {
        name: 'webhook-${index}'
        serviceUri: url
        useCommonAlertSchema: true
      }
    ]
  }
}

@description('Resource id of the workspace.')
output workspaceId string = workspace.id

@description('Resource id of the action group.')
output actionGroupId string = actionGroup.id
