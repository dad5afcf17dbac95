metadata name = 'Monitoring'
metadata description = 'Application Insights that accepts telemetry of known identities only.'

import { principalType } from 'types/identities.bicep'

// ================ //
// Parameters       //
// ================ //

@description('Required. Suffix of every name.')
param nameSuffix string

@description('Required. Location of Application Insights.')
param location string

@description('Optional. Tags of every resource.')
param tags { *: string } = {}

@description('Required. Resource id of the workspace.')
param workspaceId string

@description('Required. The identities that send telemetry.')
param publishers principalType[]

// ================ //
// Variables        //
// ================ //

var metricsPublisherRoleId = '3913510d-42f4-4e42-8a64-420c390055eb'

// ================ //
// Resources        //
// ================ //

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${nameSuffix}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspaceId
    IngestionMode: 'LogAnalytics'
    // The key in the connection string then is a mere name: telemetry needs a token of an identity with the role below.
    DisableLocalAuth: true
  }
}

@retryOn(['PrincipalNotFound', 'RoleDefinitionDoesNotExist'], 10)
resource publisherAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for publisher in publishers: {
    scope: insights
    name: guid(insights.id, publisher.principalId, metricsPublisherRoleId)
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

// ================ //
// Outputs          //
// ================ //

@description('Resource id of Application Insights.')
output insightsId string = insights.id

@description('Where telemetry goes; no secret while local authentication is off.')
output connectionString string = insights.properties.ConnectionString
