metadata name = 'Alerts'
metadata description = 'Rules that also speak up when the app is dead: most look for the absence of what a healthy product writes.'

import { furtherRules } from 'alert-rules.bicep'
import { serviceRules } from 'service-rules.bicep'

// ================ //
// Parameters       //
// ================ //

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

@description('Required. Names of the HSMs, each of which must be heard of.')
param hsmNames string[]

@description('Required. Names of the HSMs whose audit log reaches the backup app.')
param fedHsmNames string[]

@description('Required. Names of the HSMs whose audit log is kept in the workspace.')
param loggedHsmNames string[]

@description('Required. Names of the storage accounts whose log must be heard: that of the backups, and that of the queues of the backup app.')
param storageAccounts { backups: string, queues: string }

@description('Required. Resource ids of the HSMs, for the platform\'s own measure of their availability.')
param hsmIds string[]

@description('Required. Hours without a completed run after which an HSM counts as not backed up.')
param sweepHours int

@description('Required. Object ids of the identities of the apps, that of the backup app first: nobody else writes to the backups, and only the second brings a key back.')
param principalIds string[]

// ================ //
// Functions        //
// ================ //

func quoted(texts string[]) string => '\'${join(texts, '\', \'')}\''

// ================ //
// Variables        //
// ================ //

// What stands in braces in a query, but for the identities, which only a deployment knows.
var filledIn = {
  hsms: string(hsmNames)
  fedHsms: string(fedHsmNames)
  loggedHsms: string(loggedHsmNames)
  ownHsms: quoted(map(hsmNames, name => toLower(name)))
  sweepHours: string(sweepHours)
  backupsAccount: quoted([storageAccounts.backups])
  queueAccount: quoted([storageAccounts.queues])
}

// Each query is a file of its own, tested against the names that the code writes.
var rules = [
  {
    name: 'no-heartbeat'
    title: 'Nobody watches the HSM'
    description: 'No look of the watch at this HSM for 45 minutes. The app may be dead: look at its host first.'
    query: loadTextContent('../queries/no-heartbeat.kql')
    severity: 1
    frequency: 'PT15M'
    window: 'PT1H'
    range: 'PT1H'
  }
  {
    name: 'no-completed-run'
    title: 'No completed backup run'
    description: 'No run over this HSM ended within a day and the grace. Keys changed since have no backup.'
    query: loadTextContent('../queries/no-completed-run.kql')
    severity: 1
    frequency: 'PT1H'
    window: 'P1D'
    range: 'P2D'
  }
  {
    name: 'run-partial'
    title: 'Keys without a fresh backup'
    description: 'A run ended, but some keys have no new backup. The manifest of the run names them.'
    query: loadTextContent('../queries/run-partial.kql')
    severity: 2
    frequency: 'PT15M'
    window: 'PT30M'
    range: 'PT30M'
  }
  {
    name: 'key-lost'
    title: 'A key is lost'
    description: 'A key was purged and no backup can bring it back.'
    query: loadTextContent('../queries/key-lost.kql')
    severity: 0
    frequency: 'PT5M'
    window: 'PT15M'
    range: 'PT15M'
  }
  {
    name: 'purge-pending-critical'
    title: 'A key is about to be purged'
    description: 'A deleted key comes close to its purge, and the finding is high or critical.'
    query: loadTextContent('../queries/purge-pending-critical.kql')
    severity: 1
    frequency: 'PT5M'
    window: 'PT15M'
    range: 'PT15M'
  }
  {
    name: 'purge-pending'
    title: 'A deleted key nears its purge'
    description: 'A deleted key crossed a threshold of the time it has left.'
    query: loadTextContent('../queries/purge-pending.kql')
    severity: 3
    frequency: 'PT15M'
    window: 'PT30M'
    range: 'PT30M'
  }
  {
    name: 'key-unprotected'
    title: 'Something weakens the protection'
    description: 'A key without a backup, a damaged backup, a key used while deleted, or an HSM set up too weakly.'
    query: loadTextContent('../queries/key-unprotected.kql')
    severity: 2
    frequency: 'PT15M'
    window: 'PT30M'
    range: 'PT30M'
  }
  {
    name: 'gate-disarmed'
    title: 'The recovery gate is not armed'
    description: 'Nothing can be approved or executed until the gate can prove itself again.'
    query: loadTextContent('../queries/gate-disarmed.kql')
    severity: 1
    frequency: 'PT5M'
    window: 'PT15M'
    range: 'PT15M'
  }
  {
    name: 'recovery-activity'
    title: 'A recovery was asked for or executed'
    description: 'Somebody asked for, decided on, or executed the recovery of a key. Expected, or not?'
    query: loadTextContent('../queries/recovery-activity.kql')
    severity: 3
    frequency: 'PT5M'
    window: 'PT15M'
    range: 'PT15M'
  }
  {
    name: 'poison-queue'
    title: 'Work was given up'
    description: 'A message failed five times and lies in a poison queue. Read from the log of the storage account, not of the app.'
    query: loadTextContent('../queries/poison-queue.kql')
    severity: 1
    frequency: 'PT15M'
    window: 'PT30M'
    range: 'PT30M'
  }
  {
    name: 'backup-store-touched'
    title: 'Somebody deletes or overwrites backups'
    description: 'A delete or an overwrite was tried on the backups, whether or not it was refused. No app of ours does that.'
    query: loadTextContent('../queries/backup-store-touched.kql')
    severity: 1
    frequency: 'PT15M'
    window: 'PT30M'
    range: 'PT30M'
  }
]

// ================ //
// Resources        //
// ================ //

resource logRules 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for rule in concat(rules, furtherRules, serviceRules): {
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
                reduce(items(filledIn), rule.query, (query, one) => replace(query, '{${one.key}}', one.value)),
                '{principals}',
                quoted(principalIds)
              ),
              '{recovery}',
              quoted([principalIds[1]])
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

resource availabilityRules 'Microsoft.Insights/metricAlerts@2026-01-01' = [
  for (hsmId, index) in hsmIds: {
    name: 'alert-hsm-availability-${hsmNames[index]}-${nameSuffix}'
    location: 'global'
    tags: tags
    properties: {
      description: 'The platform measures the Managed HSM ${hsmNames[index]} as available for less than 99 % of the requests.'
      enabled: true
      severity: 1
      scopes: [hsmId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: 'availability'
            criterionType: 'StaticThresholdCriterion'
            metricNamespace: 'Microsoft.KeyVault/managedHSMs'
            metricName: 'Availability'
            timeAggregation: 'Average'
            operator: 'LessThan'
            threshold: 99
          }
        ]
      }
      actions: [{ actionGroupId: actionGroupId }]
    }
  }
]
