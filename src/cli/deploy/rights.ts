/** Whether a caller's rights allow an action, and what each part of the deployment needs. */
import type { Rights } from './survey.ts';

/** How far a right goes: `narrowed` where only a condition decides. */
export type Allowed = 'yes' | 'no' | 'narrowed';

/** Whether `rights` allow `action`, such as `Microsoft.Storage/storageAccounts/write`. */
export function allows(rights: Rights, action: string): Allowed {
  const fitting = rights.filter(
    ({ actions, notActions }) =>
      actions.some((pattern) => fits(pattern, action)) &&
      !notActions.some((pattern) => fits(pattern, action)),
  );
  if (fitting.length === 0) return 'no';
  return fitting.some(({ condition }) => (condition ?? '') === '') ? 'yes' : 'narrowed';
}

/** `*` stands for anything, and case does not count. */
function fits(pattern: string, action: string): boolean {
  const source = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`, 'i').test(action);
}

/** A deployment that is nested into a group needs these there: each module is a deployment of its own. */
const NESTED_DEPLOYMENT = [
  'Microsoft.Resources/deployments/read',
  'Microsoft.Resources/deployments/write',
  'Microsoft.Resources/deployments/operationStatuses/read',
] as const;

const ROLE_ASSIGNMENTS = 'Microsoft.Authorization/roleAssignments/write';
const DIAGNOSTICS = 'Microsoft.Insights/diagnosticSettings/write';

/** In the group deployed to. test/cli/deploy compares it with the types that the template makes there. */
export const GROUP_ACTIONS: readonly string[] = [
  ...NESTED_DEPLOYMENT,
  'Microsoft.Resources/deployments/validate/action',
  ROLE_ASSIGNMENTS,
  DIAGNOSTICS,
  'Microsoft.ManagedIdentity/userAssignedIdentities/write',
  'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
  'Microsoft.Web/serverfarms/write',
  'Microsoft.Web/sites/write',
  'Microsoft.Storage/storageAccounts/write',
  'Microsoft.EventGrid/topics/write',
  'Microsoft.EventHub/namespaces/write',
  'Microsoft.OperationalInsights/workspaces/write',
  'Microsoft.Insights/components/write',
  'Microsoft.Insights/actionGroups/write',
  'Microsoft.Insights/activityLogAlerts/write',
  'Microsoft.Insights/metricAlerts/write',
  'Microsoft.Insights/scheduledQueryRules/write',
  'Microsoft.Insights/workbooks/write',
];

/** There, too, where a private network is made. */
export const NETWORK_ACTIONS: readonly string[] = [
  'Microsoft.Network/virtualNetworks/write',
  'Microsoft.Network/networkSecurityGroups/write',
  'Microsoft.Network/privateDnsZones/write',
  'Microsoft.Network/privateEndpoints/write',
];

/** In the group of the backups. */
export const BACKUP_ACTIONS: readonly string[] = [
  ...NESTED_DEPLOYMENT,
  'Microsoft.Storage/storageAccounts/write',
  'Microsoft.Authorization/locks/write',
  'Microsoft.Authorization/roleDefinitions/write',
  ROLE_ASSIGNMENTS,
  DIAGNOSTICS,
];

/** In the group of an HSM: its audit log is a nested deployment there. */
export const HSM_GROUP_ACTIONS: readonly string[] = NESTED_DEPLOYMENT;

/** There, too, where the group is in another subscription: the rule over changes of the HSM is made beside it. */
export const HSM_ELSEWHERE_ACTIONS: readonly string[] = ['Microsoft.Insights/activityLogAlerts/write'];

/** On an HSM itself. */
export const HSM_ACTIONS: readonly string[] = ['Microsoft.KeyVault/managedHSMs/read', DIAGNOSTICS];

/** On an HSM whose private endpoint is approved at once. */
export const HSM_APPROVAL = 'Microsoft.KeyVault/managedHSMs/privateEndpointConnectionsApproval/action';

/** In the group of an HSM that is made. */
export const NEW_HSM_ACTIONS: readonly string[] = [
  ...NESTED_DEPLOYMENT,
  'Microsoft.KeyVault/managedHSMs/write',
  'Microsoft.Authorization/locks/write',
];
