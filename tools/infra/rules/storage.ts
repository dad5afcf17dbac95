/** The accounts of the hosts: no shared key, no anonymous reader, TLS, closed; and the log of their queues. */
import type { Expected } from '../expected.ts';
import type { AppName, Facts } from '../facts.ts';
import { atLeast, type Pattern } from '../pattern.ts';

export const ACCOUNT = 'Microsoft.Storage/storageAccounts';

/** What every account has in common. */
export function accountProperties(
  isPrivate: boolean,
  trusted: boolean,
): { readonly [name: string]: Pattern } {
  return {
    accessTier: 'Hot',
    allowBlobPublicAccess: false,
    allowCrossTenantReplication: false,
    allowSharedKeyAccess: false,
    defaultToOAuthAuthentication: true,
    minimumTlsVersion: 'TLS1_2',
    supportsHttpsTrafficOnly: true,
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled',
    networkAcls: {
      defaultAction: isPrivate ? 'Deny' : 'Allow',
      // Event Grid, which delivers into the account of the backup app, has no place in a network.
      bypass: trusted ? 'AzureServices' : 'None',
    },
  };
}

const CONTAINERS: Readonly<Record<AppName, readonly string[]>> = {
  backup: ['app-package', 'dead-letters'],
  recovery: ['app-package', 'warden-state'],
  drill: ['app-package', 'drill-faults'],
};

/** Each account and what lies in them; the queues are those that the code listens on, which the contract checks. */
export function hostStorage(facts: Facts): readonly Expected[] {
  return facts.apps.flatMap((app) => account(facts, app, app === 'backup'));
}

function account({ promise, names, id, snapshot }: Facts, app: AppName, trusted: boolean): Expected[] {
  const name = names.host[app];
  const { location, tags } = promise;
  const kept: Pattern = { enabled: true, days: atLeast(7) };
  const queues = snapshot.predictedResources.filter(
    (resource) =>
      resource.type === `${ACCOUNT}/queueServices/queues` && resource.name.startsWith(`${name}/default/`),
  );
  return [
    {
      rule: 'storage',
      type: ACCOUNT,
      name,
      like: {
        location,
        tags,
        kind: 'StorageV2',
        sku: { name: promise.skus.hosts },
        properties: accountProperties(promise.private, trusted),
      },
    },
    {
      rule: 'storage',
      type: `${ACCOUNT}/blobServices`,
      name: `${name}/default`,
      like: { properties: { deleteRetentionPolicy: kept, containerDeleteRetentionPolicy: kept } },
    },
    ...CONTAINERS[app].map((container) => ({
      rule: 'storage',
      type: `${ACCOUNT}/blobServices/containers`,
      name: `${name}/default/${container}`,
      like: { properties: { publicAccess: 'None' } },
    })),
    { rule: 'storage', type: `${ACCOUNT}/queueServices`, name: `${name}/default`, like: {} },
    ...queues.map((queue) => ({ rule: 'storage', type: queue.type, name: queue.name, like: {} })),
    {
      rule: 'diagnostics',
      type: 'Microsoft.Insights/diagnosticSettings',
      name: 'hsm-warden',
      on: `${id(ACCOUNT, name)}/queueServices/default`,
      like: {
        properties: {
          workspaceId: id('Microsoft.OperationalInsights/workspaces', names.workspace),
          logs: [{ category: 'StorageWrite', enabled: true }],
        },
      },
    },
  ];
}
