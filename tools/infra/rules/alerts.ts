/** Alert rules: on, heard, soon enough, and asking what they must ask. */
import type { Expected } from '../expected.ts';
import type { Facts } from '../facts.ts';
import { type Condition, SOMETHING } from '../pattern.ts';

/** Severity and minutes between two evaluations of each rule over the logs. */
const LOG_RULES: Readonly<Record<string, readonly [severity: number, everyMinutes: number]>> = {
  'no-heartbeat': [1, 15],
  'no-completed-run': [1, 60],
  'run-partial': [2, 15],
  'key-lost': [0, 5],
  'purge-pending-critical': [1, 5],
  'purge-pending': [3, 15],
  'key-unprotected': [2, 15],
  'gate-disarmed': [1, 5],
  'recovery-activity': [3, 5],
  'poison-queue': [1, 15],
  'backup-store-touched': [1, 15],
};

export function alerts({ promise, names, id, hsmId }: Facts): readonly Expected[] {
  const group = id('Microsoft.Insights/actionGroups', names.actionGroup);
  const logRules = Object.entries(LOG_RULES).map(([rule, [severity, minutes]]) => ({
    rule: 'alerts',
    type: 'Microsoft.Insights/scheduledQueryRules',
    name: `alert-${rule}-${names.suffix}`,
    like: {
      location: promise.location,
      tags: promise.tags,
      kind: 'LogAlert',
      properties: {
        displayName: SOMETHING,
        description: SOMETHING,
        enabled: true,
        severity,
        scopes: [id('Microsoft.OperationalInsights/workspaces', names.workspace)],
        evaluationFrequency: noMoreThan(minutes),
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
      },
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
  return [...logRules, ...availability, workbook];
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

/** Minutes in an ISO 8601 duration; 0 where it is none. */
function minutesIn(duration: string): number {
  const [, days = 0, hours = 0, minutes = 0] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(duration) ?? [];
  return Number(days) * 1440 + Number(hours) * 60 + Number(minutes);
}
