metadata name = 'Monitoring'
metadata description = 'Log Analytics workspace, Application Insights that accepts telemetry of known identities only, and the action group.'

import { principalType, receiversType } from 'types.bicep'

// ================ //
// Parameters       //
// ================ //

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

@description('Required. Who is told of an alert.')
param receivers receiversType

@description('Required. The identities that send telemetry.')
param publishers principalType[]

// ================ //
// Variables        //
// ================ //

var metricsPublisherRoleId = '3913510d-42f4-4e42-8a64-420c390055eb'

// ================ //
// Resources        //
// ================ //

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

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${nameSuffix}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    // The key in the connection string then is a mere name: telemetry needs a token of an identity with the role below.
    DisableLocalAuth: true
  }
}

resource publisherAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for publisher in publishers: {
    scope: insights
    name: guid(insights.id, publisher.name, metricsPublisherRoleId)
    properties: {
      principalId: publisher.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        metricsPublisherRoleId
      )
      description: 'Monitoring Metrics Publisher: the app sends its logs; keys are switched off.'
    }
  }
]

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${nameSuffix}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'hsm-warden'
    emailReceivers: [
      for (address, index) in receivers.?emails ?? []: {
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

// ================ //
// Outputs          //
// ================ //

@description('Resource id of the workspace.')
output workspaceId string = workspace.id

@description('Resource id of Application Insights.')
output insightsId string = insights.id

@description('Where telemetry goes; no secret while local authentication is off.')
output connectionString string = insights.properties.ConnectionString

@description('Resource id of the action group.')
output actionGroupId string = actionGroup.id
