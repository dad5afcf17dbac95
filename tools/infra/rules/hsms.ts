/** The HSM that is made, and the audit log of each: where it goes, from wherever the HSM is. */
import type { Expected } from '../expected.ts';
import type { Facts } from '../facts.ts';
import { SOMETHING } from '../pattern.ts';

const HSM = 'Microsoft.KeyVault/managedHSMs';

export function hsms(facts: Facts): readonly Expected[] {
  const { promise, names, id, hsmId } = facts;
  const workspaceId = id('Microsoft.OperationalInsights/workspaces', names.workspace);
  return [
    ...newHsm(facts),
    ...promise.hsms.map((hsm) => ({
      rule: 'diagnostics',
      type: 'Microsoft.Insights/diagnosticSettings',
      // Two deployments that protect one HSM must not share a setting.
      name: `hsm-warden-${names.suffix}`,
      on: hsmId(hsm),
      like: {
        properties: {
          eventHubAuthorizationRuleId: hsm.sameRegion
            ? id('Microsoft.EventHub/namespaces/authorizationRules', `${names.namespace}/azure-monitor-sends`)
            : null,
          eventHubName: hsm.sameRegion ? 'hsm-audit' : null,
          workspaceId: promise.auditToWorkspace || !hsm.sameRegion ? workspaceId : null,
          logAnalyticsDestinationType: promise.auditToWorkspace || !hsm.sameRegion ? 'Dedicated' : null,
          logs: [{ category: 'AuditEvent', enabled: true }],
        },
      },
    })),
    // Who else uses a drill HSM is found in its log, which only drills write otherwise.
    ...promise.drills.map((hsm) => ({
      rule: 'diagnostics',
      type: 'Microsoft.Insights/diagnosticSettings',
      name: `hsm-warden-drill-${names.suffix}`,
      on: hsmId(hsm),
      like: {
        properties: {
          workspaceId,
          logAnalyticsDestinationType: 'Dedicated',
          logs: [{ category: 'AuditEvent', enabled: true }],
        },
      },
    })),
  ];
}

/** It lies in a group that `azd down` leaves alone, cannot be deleted, and nobody can purge its keys early. */
function newHsm({ promise, hsmId }: Facts): readonly Expected[] {
  const { newHsm: made, location, tags } = promise;
  const hsm = promise.hsms.find(({ name }) => name === made?.name);
  if (made === undefined || hsm === undefined) return [];
  return [
    {
      rule: 'new-hsm',
      type: HSM,
      name: made.name,
      like: {
        location,
        tags,
        sku: { family: 'B', name: 'Standard_B1' },
        properties: {
          tenantId: '00000000-0000-0000-0000-0000000000ff',
          initialAdminObjectIds: ['22222222-2222-2222-2222-222222222222'],
          enableSoftDelete: true,
          softDeleteRetentionInDays: made.days,
          enablePurgeProtection: true,
          publicNetworkAccess: promise.private ? 'Disabled' : 'Enabled',
          networkAcls: { bypass: 'AzureServices', defaultAction: promise.private ? 'Deny' : 'Allow' },
        },
      },
    },
    {
      rule: 'new-hsm',
      type: 'Microsoft.Authorization/locks',
      name: 'keys-outlive-the-apps',
      on: hsmId(hsm),
      like: { condition: null, properties: { level: 'CanNotDelete', notes: SOMETHING } },
    },
  ];
}
