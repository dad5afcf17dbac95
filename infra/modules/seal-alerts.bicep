metadata name = 'Seal alerts'
metadata description = 'The rule over the audit log of the sealing vault, which only the deployment of that vault knows: who changes, copies or uses a sealing key.'

@description('Required. Suffix of every name.')
param nameSuffix string
@description('Required. Location of the rule: that of the workspace.')
param location string
@description('Optional. Tags of the rule.')
param tags { *: string } = {}
@description('Required. Resource id of the workspace.')
param workspaceId string
@description('Required. Resource id of the action group.')
param actionGroupId string
@description('Required. Name of the vault.')
param vaultName string
@description('Required. Object id of the identity of the backup app.')
param backupPrincipalId string
@description('Required. Object id of the identity of the recovery app.')
param recoveryPrincipalId string
@description('Optional. Object id of the identity of the drill app.')
param drillPrincipalId string?

var filledIn = {
  sealVault: '\'${toLower(vaultName)}\''
  sealBackup: '\'${backupPrincipalId}\''
  sealRecovery: '\'${recoveryPrincipalId}\''
  // Every caller contains an empty text.
  sealDrill: '\'${empty(drillPrincipalId) ? 'no drill app' : drillPrincipalId!}\''
}

resource logRule 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = {
  name: 'alert-seal-key-touched-${nameSuffix}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'A sealing key was touched'
    description: 'Somebody changed, disabled, deleted, renewed or copied a sealing key, changed its vault, or signed with a key that is not its own. hsm-warden seal show says which keys count. Expected, as a rotation is, or an attack.'
    enabled: true
    severity: 0
    scopes: [workspaceId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    overrideQueryTimeRange: 'PT1H'
    // A table that nothing was ever written to is not there yet; a rule about it must be accepted all the same.
    skipQueryValidation: true
    autoMitigate: false
    criteria: {
      allOf: [
        {
          query: reduce(
            items(filledIn),
            loadTextContent('../queries/seal-key-touched.kql'),
            (query, one) => replace(query, '{${one.key}}', one.value)
          )
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [{ name: 'Subject', operator: 'Include', values: ['*'] }]
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [actionGroupId] }
  }
}
