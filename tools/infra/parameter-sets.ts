/** The sets of parameters that are checked, and what each promises. */
import type { DeploymentPromise, PromisedHsm } from './promise.ts';

const SUBSCRIPTION = '00000000-0000-0000-0000-000000000001';
const TENANT = '00000000-0000-0000-0000-0000000000ff';
const CLIENT = '11111111-1111-1111-1111-111111111111';

function hsm(name: string, facts: Partial<PromisedHsm> = {}): PromisedHsm {
  return {
    name,
    resourceGroup: 'rg-warden',
    subscription: SUBSCRIPTION,
    endpoint: 'automatic',
    sameRegion: true,
    ...facts,
  };
}

/** Nothing said but what must be. */
const DEFAULTS: DeploymentPromise = {
  private: true,
  privateApps: false,
  locked: false,
  prefix: 'warden',
  location: 'westeurope',
  tags: {},
  hsms: [hsm('contoso')],
  drills: [],
  backupGroup: 'rg-warden-backups',
  nodeVersion: '22',
  instances: 40,
  zoneRedundant: false,
  skus: { hosts: 'Standard_ZRS', backups: 'Standard_GZRS' },
  days: { immutable: 90, cool: 30, delete: 400, softDelete: 30, logs: 90 },
  graceHours: 3,
  disabled: [],
  sources: [],
  webConsole: true,
  notifySecrets: false,
  channels: [],
  receivers: { emails: ['oncall@contoso.example'], webhooks: [] },
  entra: { clientId: CLIENT, tenantId: TENANT },
  auditToWorkspace: true,
  addresses: { network: '10.83.0.0/24', operators: [] },
  dns: { byPolicy: false, existing: {} },
};

/** Name of the file in infra/tests, and the promise. */
export const PARAMETER_SETS: Readonly<Record<string, DeploymentPromise>> = {
  defaults: DEFAULTS,
  max: {
    ...DEFAULTS,
    private: false,
    prefix: 'keys',
    location: 'northeurope',
    tags: { owner: 'security' },
    hsms: [
      hsm('contoso', {
        resourceGroup: 'rg-hsm',
        subscription: '00000000-0000-0000-0000-000000000002',
        endpoint: 'manual',
      }),
      hsm('fabrikam', { endpoint: 'none' }),
      hsm('adventure', { resourceGroup: 'rg-warden-hsm' }),
    ],
    drills: [
      hsm('drill', { resourceGroup: 'rg-drill', subscription: '00000000-0000-0000-0000-000000000002' }),
      hsm('drill-2', { resourceGroup: 'rg-drill', endpoint: 'none' }),
    ],
    newHsm: { name: 'adventure', days: 30 },
    backupGroup: 'rg-vault',
    nodeVersion: '24',
    instances: 100,
    zoneRedundant: true,
    skus: { hosts: 'Standard_LRS', backups: 'Standard_LRS' },
    days: { immutable: 365, cool: 7, delete: 366, softDelete: 14, logs: 365 },
    graceHours: 6,
    disabled: ['nightlyBackup', 'nightlyDrill'],
    sources: ['alerts', 'events'],
    notifySecrets: true,
    receivers: { emails: ['oncall@contoso.example'], webhooks: ['https://pager.contoso.example/azure'] },
    entra: { clientId: CLIENT, tenantId: '33333333-3333-3333-3333-333333333333' },
    auditToWorkspace: false,
    webhookApplication: 'api://events',
    addresses: { network: '10.9.0.0/24', operators: ['10.1.0.0/16'] },
  },
  hardened: {
    ...DEFAULTS,
    channels: ['ops', 'pager'],
    webConsole: false,
    privateApps: true,
    locked: true,
    hsms: [hsm('contoso'), hsm('fabrikam'), hsm('adventure', { resourceGroup: 'rg-keys' })],
    drills: [hsm('drill', { resourceGroup: 'rg-drill' })],
    newHsm: { name: 'adventure', days: 90 },
    skus: { hosts: 'Standard_GZRS', backups: 'Standard_GZRS' },
    days: { ...DEFAULTS.days, immutable: 365, delete: 800, logs: 365 },
    addresses: { network: '10.83.0.0/24', operators: ['10.1.0.0/16'] },
  },
  platform: {
    ...DEFAULTS,
    prefix: 'hsm-1',
    hsms: [
      hsm('contoso', { resourceGroup: 'rg-hsm', endpoint: 'none', address: '10.20.0.9' }),
      hsm('fabrikam', { resourceGroup: 'rg-hsm', sameRegion: false }),
    ],
    drills: [hsm('drill', { resourceGroup: 'rg-drill', endpoint: 'none', address: '10.20.0.10' })],
    skus: { hosts: 'Standard_LRS', backups: 'Standard_GRS' },
    existingSubnets: {
      backup: subnet('warden-backup'),
      recovery: subnet('warden-recovery'),
      endpoints: subnet('endpoints'),
      drill: subnet('warden-drill'),
    },
    dns: {
      byPolicy: false,
      existing: {
        blob: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-dns/providers/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net`,
      },
    },
  },
  policy: {
    ...DEFAULTS,
    dns: { byPolicy: true, existing: {} },
  },
};

function subnet(name: string): string {
  return `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-spoke/subnets/${name}`;
}

/** Parameter files of the templates beside infra/main.bicep, and where each is deployed; what they make has a snapshot, too. */
export const SIDE_TEMPLATES = [
  { name: 'sealing-vault', scope: 'resource group' },
  { name: 'hsm-diagnostics-policy', scope: 'management group' },
] as const;
