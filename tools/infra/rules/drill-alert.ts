/** The drill HSM is heard: its audit log reaches the workspace, and a use of it by anybody but the drill app, or by nobody, is an alert. */
import { differences } from '../pattern.ts';
import { ofType, type Snapshot } from '../snapshot.ts';
import { checkSideAlerts, propertiesOf, SIDE_GROUP, SIDE_UNIQUE, SIDE_WORKSPACE } from './side-alerts.ts';

const APP = `ref(${SIDE_GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/id-warden-drill-${SIDE_UNIQUE}).principalId`;

/** Every violation in the prediction for infra/tests/drill.bicepparam, a sentence each. */
export function checkDrillAlert(snapshot: Snapshot): readonly string[] {
  const values = { drillHsms: "'drill'", drillNames: '["drill"]', drill: `'${APP}'` };
  return [...checkSideAlerts(snapshot, 'drill', values), ...logs(snapshot)];
}

function logs(snapshot: Snapshot): readonly string[] {
  const found = ofType(snapshot, 'Microsoft.Insights/diagnosticSettings').find(({ id }) =>
    id.includes('/managedHSMs/drill/'),
  );
  if (found === undefined) return ['drill: the audit log of the drill HSM goes nowhere'];
  const like = {
    workspaceId: SIDE_WORKSPACE,
    logAnalyticsDestinationType: 'Dedicated',
    logs: [{ category: 'AuditEvent', enabled: true }],
  };
  return differences(propertiesOf(found), like).map((one) => `drill: the audit log of the drill HSM: ${one}`);
}
