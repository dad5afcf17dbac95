metadata name = 'Identity'
metadata description = 'The user-assigned identity of one app.'

@description('Required. Name of the identity.')
param name string

@description('Required. Location of the identity.')
param location string

@description('Optional. Tags of the identity.')
param tags { *: string } = {}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id of the identity.')
output resourceId string = identity.id

@description('Object id, to which roles are assigned.')
output principalId string = identity.properties.principalId

@description('Client id, by which the app chooses it.')
output clientId string = identity.properties.clientId
