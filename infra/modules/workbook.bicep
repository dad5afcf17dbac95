metadata name = 'Workbook'
metadata description = 'The page that shows at a glance whether every key is safe.'

@description('Required. Suffix that tells deployments of one group apart.')
param nameSuffix string

@description('Required. Location of the workbook.')
param location string

@description('Optional. Tags of the workbook.')
param tags { *: string } = {}

@description('Required. Resource id of the workspace it reads.')
param workspaceId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'hsm-warden', nameSuffix)
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    category: 'workbook'
    displayName: 'HSM Warden'
    serializedData: string(loadJsonContent('../workbook.json'))
    sourceId: workspaceId
  }
}

@description('Resource id of the workbook.')
output resourceId string = workbook.id
