/** The drill HSM is heard: its audit log reaches the workspace, and a use of it by anybody but the drill app is an alert. */
import { ALERTS } from '../alerts/catalogue.ts';
import { differences } from '../pattern.ts';
import { type JsonValue, ofType, type Resource, type Snapshot } from '../snapshot.ts';
import { logRule } from './alerts.ts';
import { judgeQuery } from './queries.ts';

const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-warden/providers';
const WORKSPACE = `${GROUP}/Microsoft.OperationalInsights/workspaces/log-warden`;
const ACTIONS = `${GROUP}/Microsoft.Insights/actionGroups/ag-warden`;
const APP = `ref(${GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/id-warden-drill-w3j23au7fj2oi).principalId`;
const NAME = 'drill-hsm-used';

/** Every violation in the prediction for infra/tests/drill.bicepparam, a sentence each. */
export function checkDrillAlert(snapshot: Snapshot): readonly string[] {
  return [...rules(snapshot), ...logs(snapshot)];
}

function rules(snapshot: Snapshot): readonly string[] {
  const [rule, ...others] = ofType(snapshot, 'Microsoft.Insights/scheduledQueryRules');
  const alert = ALERTS[NAME];
  if (alert === undefined || rule === undefined) return [`drill: no rule ${NAME} is made`];
  const sampled = (query: string) =>
    query.replaceAll("in ('drill')", 'in ({drillHsms})').replaceAll(`contains '${APP}'`, 'contains {drill}');
  return [
    ...differences(propertiesOf(rule), logRule(alert, WORKSPACE, ACTIONS)).map(
      (one) => `drill: ${NAME}: ${one}`,
    ),
    ...judgeQuery(NAME, rule, alert.lookBackMinutes, sampled),
    ...others.map(({ name }) => `drill: ${name} belongs to no rule`),
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
