metadata name = 'Drill alerts'
metadata description = 'Rules over the logs that need the names of the drill HSMs, which are there only where one is named: who uses one, and whether drills run in each.'

@description('Required. Suffix of every name.')
param nameSuffix string
@description('Required. Location of the rules: that of the workspace.')
param location string
@description('Optional. Tags of every rule.')
param tags { *: string } = {}
@description('Required. Resource id of the workspace.')
param workspaceId string
@description('Required. Resource id of the action group.')
param actionGroupId string
@description('Required. Names of the drill HSMs.')
param drillHsmNames string[]
@description('Required. Object id of the identity of the drill app.')
param principalId string

var hsmNames = map(drillHsmNames, name => toLower(name))

var rules = [
  {
    name: 'drill-hsm-used'
    title: 'A drill HSM was used by somebody else'
    description: 'Somebody but the drill app did something with a key in a drill HSM. Copies of production keys lie there while they are proven: find out who it was, and what with.'
    query: loadTextContent('../queries/drill-hsm-used.kql')
    severity: 0
    frequency: 'PT15M'
    window: 'PT1H'
    range: 'PT1H'
  }
  {
    name: 'no-drill'
    title: 'Restores are not proven'
    description: 'Keys wait too long for their drill, or no run of drills has ended in this drill HSM for three hours: the drill app may be dead.'
    query: loadTextContent('../queries/no-drill.kql')
    severity: 2
    frequency: 'PT1H'
    window: 'PT3H'
    range: 'PT3H'
  }
  {
    name: 'drill-log-missing'
    title: 'The audit log of a drill HSM is missing'
    description: 'Drills run in this HSM, and for two hours nothing of its audit log has reached the workspace: who else uses it goes unseen. See its diagnostic setting.'
    query: loadTextContent('../queries/drill-log-missing.kql')
    severity: 1
    frequency: 'PT1H'
    window: 'PT1H'
    range: 'PT4H'
  }
]

resource logRules 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for rule in rules: {
    name: 'alert-${rule.name}-${nameSuffix}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.title
      description: rule.description
      enabled: true
      severity: rule.severity
      scopes: [workspaceId]
      evaluationFrequency: rule.frequency
      windowSize: rule.window
      overrideQueryTimeRange: rule.range
      // A table that nothing was ever written to is not there yet; a rule about it must be accepted all the same.
      skipQueryValidation: true
      autoMitigate: false
      criteria: {
        allOf: [
          {
            query: replace(
              replace(
                replace(rule.query, '{drillHsms}', '\'${join(hsmNames, '\', \'')}\''),
                '{drillNames}',
                string(hsmNames)
              ),
              '{drill}',
              '\'${principalId}\''
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
]
