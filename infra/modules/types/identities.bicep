metadata name = 'Identity types'
metadata description = 'Identities and what they may do.'

@export()
@description('The identity of one app.')
@sealed()
type identityType = {
  @description('Required. Name of the identity.')
  name: string

  @description('Required. Resource id of the identity.')
  resourceId: string

  @description('Required. Object id, to which roles are assigned and which makes the names of its role assignments.')
  principalId: string

  @description('Required. Client id, by which the app chooses it.')
  clientId: string
}

@export()
@description('An identity that gets rights.')
@sealed()
type principalType = {
  @description('Required. Name of the identity.')
  name: string

  @description('Required. Principal id of the identity.')
  principalId: string
}

@export()
@description('An identity that gets one right, and what for.')
@sealed()
type reasonedPrincipalType = {
  @description('Required. Name of the identity.')
  name: string

  @description('Required. Principal id of the identity.')
  principalId: string

  @description('Required. What the right is needed for; shown on the assignment in Azure.')
  why: string
}

@export()
@description('A right of one identity on one container or queue.')
@sealed()
type assignmentType = {
  @description('Required. Name of the container or queue.')
  target: string

  @description('Required. Name of the identity.')
  name: string

  @description('Required. Principal id of the identity.')
  principalId: string

  @description('Required. Name of the role, as Azure shows it.')
  roleName: string

  @description('Required. GUID of the role definition.')
  roleId: string

  @description('Required. What the right is needed for; shown on the assignment in Azure.')
  why: string

  @description('Optional. Condition (version 2.0) that narrows the right.')
  condition: string?
}
