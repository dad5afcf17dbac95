/** The apps: their plans, runtime, package, network, and that nobody publishes to them by password. */
import type { Expected } from '../expected.ts';
import type { AppName, Facts } from '../facts.ts';
import { appSettingsPattern } from './app-settings.ts';
import { authentication } from './authentication.ts';

const SITE = 'Microsoft.Web/sites';

export function apps(facts: Facts): readonly Expected[] {
  return [...facts.apps.flatMap((app) => oneApp(facts, app)), authentication(facts)];
}

function oneApp(facts: Facts, app: AppName): readonly Expected[] {
  const { promise, names, id } = facts;
  const name = names.app[app];
  const identity = facts.identity(app);
  const common = {
    location: promise.location,
    // By this tag azd knows which package belongs where: https://learn.microsoft.com/azure/developer/azure-developer-cli/azd-schema
    tags: { ...promise.tags, 'azd-service-name': app },
  };
  return [
    {
      rule: 'apps',
      type: 'Microsoft.Web/serverfarms',
      name: `plan-${name}`,
      like: {
        ...common,
        kind: 'functionapp',
        sku: { name: 'FC1', tier: 'FlexConsumption' },
        properties: { reserved: true, zoneRedundant: promise.zoneRedundant },
      },
    },
    {
      rule: 'apps',
      type: SITE,
      name,
      like: {
        ...common,
        kind: 'functionapp,linux',
        identity: { type: 'UserAssigned', userAssignedIdentities: { [identity.id]: {} } },
        properties: {
          serverFarmId: id('Microsoft.Web/serverfarms', `plan-${name}`),
          httpsOnly: true,
          publicNetworkAccess: promise.privateApps ? 'Disabled' : 'Enabled',
          virtualNetworkSubnetId: subnetOf(facts, app),
          keyVaultReferenceIdentity: identity.id,
          siteConfig: {
            minTlsVersion: '1.2',
            scmMinTlsVersion: '1.2',
            ftpsState: 'Disabled',
            http20Enabled: true,
            remoteDebuggingEnabled: false,
            cors: { allowedOrigins: [] },
          },
          functionAppConfig: {
            deployment: {
              storage: {
                type: 'blobContainer',
                value: `https://${names.host[app]}.blob.core.windows.net/app-package`,
                authentication: {
                  type: 'UserAssignedIdentity',
                  userAssignedIdentityResourceId: identity.id,
                },
              },
            },
            runtime: { name: 'node', version: promise.nodeVersion },
            scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: instancesOf(facts, app) },
            siteUpdateStrategy: promise.zoneRedundant ? { type: 'RollingUpdate' } : null,
          },
        },
      },
    },
    {
      rule: 'settings',
      type: `${SITE}/config`,
      name: `${name}/appsettings`,
      like: { properties: appSettingsPattern(facts, app) },
    },
    ...['ftp', 'scm'].map((way) => ({
      rule: 'publishing',
      type: `${SITE}/basicPublishingCredentialsPolicies`,
      name: `${name}/${way}`,
      like: { properties: { allow: false } },
    })),
  ];
}

/** One run of drills at a time works in a drill HSM. */
function instancesOf({ promise }: Facts, app: AppName): number {
  return app === 'drill' ? 1 : promise.instances;
}

function subnetOf({ promise, names, id }: Facts, app: AppName): string | null {
  if (!promise.private) return null;
  return (
    promise.existingSubnets?.[app] ??
    id('Microsoft.Network/virtualNetworks/subnets', `${names.network}/${app}-app`)
  );
}
