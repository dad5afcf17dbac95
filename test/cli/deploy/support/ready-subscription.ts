/** A subscription in which a deployment would go through: groups, HSM, rights, room, names. */
import { PROVIDERS } from '../../../../src/cli/deploy/check-subscription.ts';
import { type ArmTable, list } from './fake-arm.ts';

export const SUBSCRIPTION = '00000000-0000-0000-0000-000000000001';
export const SUB = `/subscriptions/${SUBSCRIPTION}`;
export const GROUP = `${SUB}/resourceGroups/rg-warden`;
export const BACKUPS = `${SUB}/resourceGroups/rg-warden-backups`;
export const HSM_GROUP = `${SUB}/resourceGroups/rg-hsm`;
export const HSM = `${HSM_GROUP}/providers/Microsoft.KeyVault/managedHSMs/contoso`;
export const PERMISSIONS = 'providers/Microsoft.Authorization/permissions';

/** The environment of azd that goes with it. */
export const ENVIRONMENT = {
  AZURE_SUBSCRIPTION_ID: SUBSCRIPTION,
  AZURE_RESOURCE_GROUP: 'rg-warden',
  AZURE_LOCATION: 'westeurope',
  HSM_WARDEN_HSM_NAMES: 'contoso',
  HSM_WARDEN_HSM_RESOURCE_GROUP: 'rg-hsm',
  HSM_WARDEN_ENTRA_CLIENT_ID: '22222222-2222-4222-8222-222222222222',
  HSM_WARDEN_ALERT_EMAILS: 'oncall@example.com',
} as const;

/** An owner's rights. */
export const OWNER = list([{ actions: ['*'], notActions: [] }]);

/** What Azure says of an HSM that is ready; `properties` say otherwise. */
export function hsm(properties: object = {}, location = 'westeurope') {
  return {
    body: {
      location,
      properties: {
        provisioningState: 'Succeeded',
        softDeleteRetentionInDays: 90,
        enablePurgeProtection: true,
        publicNetworkAccess: 'Enabled',
        networkAcls: { bypass: 'None', defaultAction: 'Allow' },
        securityDomainProperties: { activationStatus: 'Active' },
        regions: [],
        ...properties,
      },
    },
  };
}

/** What Azure says of the redundancies that a region has. */
export function skus(names: readonly string[], location = 'westeurope') {
  return list(names.map((name) => ({ name, kind: 'StorageV2', locations: [location], restrictions: [] })));
}

/** Room for `left` more of each. */
export function usages(names: readonly string[], left: number) {
  return list(names.map((value) => ({ name: { value }, limit: 250, currentValue: 250 - left })));
}

const FREE = { body: { nameAvailable: true } };

/** Everything is ready. */
export const READY: ArmTable = {
  [`GET ${SUB}`]: { body: { displayName: 'Contoso production', state: 'Enabled' } },
  // In pages: the list of a real subscription has hundreds.
  [`GET ${SUB}/providers`]: list(
    PROVIDERS.map((namespace) => ({
      // As Azure spells it.
      namespace: namespace === 'Microsoft.Insights' ? 'microsoft.insights' : namespace,
      registrationState: 'Registered',
    })),
    3,
  ),
  [`GET ${SUB}/locations`]: list([
    { name: 'westeurope', displayName: 'West Europe', availabilityZoneMappings: [{}, {}, {}] },
    { name: 'westus', displayName: 'West US' },
  ]),
  [`GET ${SUB}/providers/Microsoft.Web/geoRegions`]: list([
    { name: 'West Europe', properties: { orgDomain: 'PUBLIC;FLEXCONSUMPTION;FCZONEREDUNDANCY' } },
    { name: 'West US', properties: { orgDomain: 'PUBLIC;FLEXCONSUMPTION' } },
  ]),
  [`GET ${SUB}/providers/Microsoft.Storage/skus`]: skus([
    'Standard_LRS',
    'Standard_GRS',
    'Standard_ZRS',
    'Standard_GZRS',
  ]),
  [`GET ${SUB}/providers/Microsoft.Storage/locations/westeurope/usages`]: usages(['StorageAccounts'], 3),
  [`GET ${SUB}/providers/Microsoft.Network/locations/westeurope/usages`]: usages(
    ['VirtualNetworks', 'NetworkSecurityGroups'],
    2,
  ),
  ...Object.fromEntries(
    [
      'Microsoft.Authorization/roleAssignments',
      'Microsoft.Insights/activityLogAlerts',
      'Microsoft.Insights/metricAlerts',
      'Microsoft.Insights/scheduledQueryRules',
      'Microsoft.EventGrid/topics',
    ].map((type) => [`GET ${SUB}/providers/${type}`, list([])]),
  ),
  ...Object.fromEntries(
    [GROUP, BACKUPS].map((scope) => [
      `GET ${scope}/providers/Microsoft.Authorization/policyAssignments`,
      list([]),
    ]),
  ),
  [`GET ${SUB}/${PERMISSIONS}`]: OWNER,
  [`GET ${GROUP}`]: { body: { location: 'westeurope' } },
  [`GET ${GROUP}/resources`]: list([]),
  [`GET ${GROUP}/${PERMISSIONS}`]: OWNER,
  [`GET ${GROUP}/providers/Microsoft.Authorization/locks`]: list([]),
  [`GET ${BACKUPS}`]: { body: { location: 'westeurope' } },
  [`GET ${BACKUPS}/resources`]: list([]),
  [`GET ${BACKUPS}/${PERMISSIONS}`]: OWNER,
  [`GET ${BACKUPS}/providers/Microsoft.Authorization/locks`]: list([]),
  [`POST ${SUB}/providers/Microsoft.Storage/checkNameAvailability`]: FREE,
  [`POST ${SUB}/providers/Microsoft.Web/checknameavailability`]: FREE,
  [`POST ${SUB}/providers/Microsoft.EventHub/checkNameAvailability`]: FREE,
  [`POST ${SUB}/providers/Microsoft.KeyVault/checkMhsmNameAvailability`]: FREE,
  [`GET ${SUB}/providers/Microsoft.KeyVault/deletedManagedHSMs`]: list([]),
  [`GET ${HSM}`]: hsm(),
  [`GET ${HSM}/providers/Microsoft.Insights/diagnosticSettings`]: list([]),
  [`GET ${HSM_GROUP}/${PERMISSIONS}`]: OWNER,
  [`GET ${HSM}/${PERMISSIONS}`]: OWNER,
};
