/** Where telemetry goes, how long it is kept, and who is notified. */
import type { Expected } from '../expected.ts';
import type { Facts } from '../facts.ts';

/** The workspace, Application Insights and the action group. */
export function logs({ promise, names, id }: Facts): readonly Expected[] {
  const { location, tags, receivers, days } = promise;
  return [
    {
      rule: 'logs',
      type: 'Microsoft.OperationalInsights/workspaces',
      name: names.workspace,
      like: {
        location,
        tags,
        properties: {
          sku: { name: 'PerGB2018' },
          retentionInDays: days.logs,
          // A cap that is reached silences every alert for the rest of the day.
          workspaceCapping: { dailyQuotaGb: -1 },
          features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true },
        },
      },
    },
    {
      rule: 'logs',
      type: 'Microsoft.Insights/components',
      name: names.insights,
      like: {
        location,
        tags,
        kind: 'web',
        properties: {
          Application_Type: 'web',
          WorkspaceResourceId: id('Microsoft.OperationalInsights/workspaces', names.workspace),
          IngestionMode: 'LogAnalytics',
          DisableLocalAuth: true,
        },
      },
    },
    {
      rule: 'receivers',
      type: 'Microsoft.Insights/actionGroups',
      name: names.actionGroup,
      like: {
        location: 'global',
        tags,
        properties: {
          enabled: true,
          // Twelve characters at most: https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups
          groupShortName: /^.{1,12}$/,
          emailReceivers: receivers.emails.map((emailAddress, index) => ({
            name: `email-${index}`,
            emailAddress,
            useCommonAlertSchema: true,
          })),
          webhookReceivers: receivers.webhooks.map((serviceUri, index) => ({
            name: `webhook-${index}`,
            serviceUri,
            useCommonAlertSchema: true,
          })),
        },
      },
    },
  ];
}
