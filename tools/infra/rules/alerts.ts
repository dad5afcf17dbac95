/** Alert rules: on, heard, soon enough, and asking what they must ask. */

import { ALERTS } from '../alerts/catalogue.ts';
import type { Alert } from '../alerts/samples.ts';
import type { Expected } from '../expected.ts';
import type { Facts } from '../facts.ts';
import { type Condition, SOMETHING } from '../pattern.ts';
import { minutesIn } from './durations.ts';
import { platformAlerts } from './platform-alerts.ts';

export function alerts(facts: Facts): readonly Expected[] {
  const { promise, names, id, hsmId } = facts;
  const group = id('Microsoft.Insights/actionGroups', names.actionGroup);
  const workspace = id('Microsoft.OperationalInsights/workspaces', names.workspace);
  const logRules = Object.entries(ALERTS)
    .filter(([, { madeBy }]) => madeBy === undefined || (madeBy === 'drill' && promise.drills.length > 0))
    .map(([rule, alert]) => ({
      rule: 'alerts',
      type: 'Microsoft.Insights/scheduledQueryRules',
      name: `alert-${rule}-${names.suffix}`,
      like: {
        location: promise.location,
        tags: promise.tags,
        kind: 'LogAlert',
        properties: logRule(alert, workspace, group),
      },
    }));
  const availability = promise.hsms.map((hsm) => ({
    rule: 'alerts',
    type: 'Microsoft.Insights/metricAlerts',
    name: `alert-hsm-availability-${hsm.name}-${names.suffix}`,
    like: {
      location: 'global',
      tags: promise.tags,
      properties: {
        description: SOMETHING,
        enabled: true,
        severity: 1,
        scopes: [hsmId(hsm)],
        evaluationFrequency: noMoreThan(5),
        windowSize: 'PT15M',
        criteria: {
          'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria',
          allOf: [
            {
              name: 'availability',
              criterionType: 'StaticThresholdCriterion',
              metricNamespace: 'Microsoft.KeyVault/managedHSMs',
              metricName: 'Availability',
              timeAggregation: 'Average',
              operator: 'LessThan',
              threshold: 99,
            },
          ],
        },
        actions: [{ actionGroupId: group }],
      },
    },
  }));
  const workbook = {
    rule: 'workbook',
    type: 'Microsoft.Insights/workbooks',
    name: /^[0-9a-f-]{36}$/,
    like: {
      location: promise.location,
      tags: promise.tags,
      kind: 'shared',
      properties: {
        category: 'workbook',
        displayName: 'HSM Warden',
        serializedData: SOMETHING,
        sourceId: id('Microsoft.OperationalInsights/workspaces', names.workspace),
      },
    },
  };
  return [...logRules, ...availability, ...platformAlerts(facts), workbook];
}

/** An ISO 8601 duration of so many minutes, or a shorter one. */
function noMoreThan(minutes: number): Condition {
  return {
    says: `${minutes} minutes or less`,
    holds: (value) => {
      const found = minutesIn(String(value));
      return found > 0 && found <= minutes;
    },
  };
}

/** A rule over the logs that is on, heard and soon enough; what it asks is judged by its samples. */
export function logRule({ severity, everyMinutes }: Alert, workspace: string, group: string) {
  return {
    displayName: SOMETHING,
    description: SOMETHING,
    enabled: true,
    severity,
    scopes: [workspace],
    evaluationFrequency: noMoreThan(everyMinutes),
    windowSize: SOMETHING,
    overrideQueryTimeRange: SOMETHING,
    skipQueryValidation: true,
    autoMitigate: false,
    criteria: {
      allOf: [
        {
          query: SOMETHING,
          timeAggregation: 'Count',
          operator: 'GreaterThan',
          threshold: 0,
          dimensions: [{ name: 'Subject', operator: 'Include', values: ['*'] }],
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
        },
      ],
    },
    actions: { actionGroups: [group] },
  };
}
