/** The drill HSM is heard: its audit log reaches the workspace, and a use of it by anybody but the drill app, or by nobody, is an alert. */
import { ALERTS } from '../alerts/catalogue.ts';
import type { Alert } from '../alerts/samples.ts';
import { differences } from '../pattern.ts';
import { type JsonValue, ofType, type Resource, type Snapshot } from '../snapshot.ts';
import { logRule } from './alerts.ts';
import { judgeQuery } from './queries.ts';

const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-warden/providers';
const WORKSPACE = `${GROUP}/Microsoft.OperationalInsights/workspaces/log-warden`;
const ACTIONS = `${GROUP}/Microsoft.Insights/actionGroups/ag-warden`;
const APP = `ref(${GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/id-warden-drill-w3j23au7fj2oi).principalId`;
const SUFFIX = 'warden-w3j23au7fj2oi';

/** Every violation in the prediction for infra/tests/drill.bicepparam, a sentence each. */
export function checkDrillAlert(snapshot: Snapshot): readonly string[] {
  return [...rules(snapshot), ...logs(snapshot)];
}

function rules(snapshot: Snapshot): readonly string[] {
  const made = ofType(snapshot, 'Microsoft.Insights/scheduledQueryRules');
  const promised = Object.entries(ALERTS).filter(([, { madeBy }]) => madeBy === 'drill');
  const expected = promised.map(([name]) => `alert-${name}-${SUFFIX}`);
  return [
    ...promised.flatMap(([name, alert]) => {
      const rule = made.find((one) => one.name === `alert-${name}-${SUFFIX}`);
      return rule === undefined ? [`drill: no rule ${name} is made`] : ruleProblems(name, alert, rule);
    }),
    ...made
      .filter(({ name }) => !expected.includes(name))
      .map(({ name }) => `drill: ${name} belongs to no rule`),
  ];
}

function ruleProblems(name: string, alert: Alert, rule: Resource): readonly string[] {
  const sampled = (query: string) =>
    query
      .replaceAll("in ('drill')", 'in ({drillHsms})')
      .replaceAll('dynamic(["drill"])', 'dynamic({drillNames})')
      .replaceAll(`contains '${APP}'`, 'contains {drill}');
  return [
    ...differences(propertiesOf(rule), logRule(alert, WORKSPACE, ACTIONS)).map(
      (one) => `drill: ${name}: ${one}`,
    ),
    ...judgeQuery(name, rule, alert.lookBackMinutes, sampled),
  ];
}

function logs(snapshot: Snapshot): readonly string[] {
  const found = ofType(snapshot, 'Microsoft.Insights/diagnosticSettings').find(({ id }) =>
    id.includes('/managedHSMs/drill/'),
  );
  if (found === undefined) return ['drill: the audit log of the drill HSM goes nowhere'];
  const like = {
    workspaceId: WORKSPACE,
    logAnalyticsDestinationType: 'Dedicated',
    logs: [{ category: 'AuditEvent', enabled: true }],
  };
  return differences(propertiesOf(found), like).map((one) => `drill: the audit log of the drill HSM: ${one}`);
}

function propertiesOf({ properties }: Resource): JsonValue {
  return JSON.parse(JSON.stringify(properties ?? null));
}
