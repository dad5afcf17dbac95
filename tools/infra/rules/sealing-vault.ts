/** The vault of the sealing keys: purge-protected, by roles only, closed; keys that sign and nothing else; each for one app. */
import { differences, type Pattern } from '../pattern.ts';
import type { JsonValue, Resource, Snapshot } from '../snapshot.ts';
import { checkSideAlerts, SIDE_UNIQUE } from './side-alerts.ts';

const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-warden';
const VAULT = `${GROUP}/providers/Microsoft.KeyVault/vaults/kv-warden-w3j23au7fj2oi`;
const BACKUP = '55555555-5555-5555-5555-555555555555';
const RECOVERY = '66666666-6666-6666-6666-666666666666';
const DRILL = '77777777-7777-7777-7777-777777777777';
const READ = 'Microsoft.KeyVault/vaults/keys/read';
const SIGN = 'Microsoft.KeyVault/vaults/keys/sign/action';
const ASSIGNMENT = 'Microsoft.Authorization/roleAssignments';
const ROLE = 'Microsoft.Authorization/roleDefinitions';

/** One resource that must be there, and nothing else of its type and place. */
interface Required {
  readonly type: string;
  /** What its id begins with, and a text in its properties where several are alike. */
  readonly under: string;
  readonly saying?: string;
  /** Whether `under` is all of its id. */
  readonly exactly?: true;
  readonly like: Pattern;
}

const KEY: Pattern = {
  kty: 'EC',
  curveName: 'P-256',
  keyOps: ['sign', 'verify'],
  attributes: { enabled: true, exportable: false },
};

/** Every violation, a sentence each. */
export function checkSealingVault(snapshot: Snapshot): readonly string[] {
  const required = requiredIn(snapshot);
  const strange = snapshot.predictedResources.filter(
    (one) =>
      ['Microsoft.KeyVault/', 'Microsoft.Authorization/'].some((prefix) => one.type.startsWith(prefix)) &&
      !required.some((wanted) => matches(one, wanted)),
  );
  return [
    ...required.flatMap((wanted) => problemsOf(snapshot, wanted)),
    ...checkSideAlerts(snapshot, 'seals', {
      sealVault: `'kv-warden-${SIDE_UNIQUE}'`,
      sealBackup: `'${BACKUP}'`,
      sealRecovery: `'${RECOVERY}'`,
      sealDrill: `'${DRILL}'`,
    }),
    ...strange.map(({ type, id }) => `sealing-vault: ${type} ${id} belongs to no rule`),
  ];
}

function requiredIn(snapshot: Snapshot): readonly Required[] {
  const seal = roleIdOf(snapshot, SIGN);
  const read = roleIdOf(snapshot, undefined);
  const role = (dataActions: readonly string[]): Pattern => ({
    roleName: /^HSM Warden Seal/,
    description: /\S/,
    type: 'CustomRole',
    assignableScopes: [GROUP],
    permissions: [{ actions: [], notActions: [], dataActions, notDataActions: [] }],
  });
  const assigned = (key: string, principalId: string, roleDefinitionId: string): Required => ({
    type: ASSIGNMENT,
    under: `${VAULT}/keys/${key}/`,
    saying: principalId,
    like: {
      principalId,
      principalType: 'ServicePrincipal',
      roleDefinitionId,
      description: /^HSM Warden Seal/,
    },
  });
  return [
    {
      type: 'Microsoft.KeyVault/vaults',
      under: VAULT,
      like: {
        tenantId: '00000000-0000-0000-0000-0000000000ff',
        sku: { family: 'A', name: 'standard' },
        enableRbacAuthorization: true,
        enableSoftDelete: true,
        softDeleteRetentionInDays: 90,
        enablePurgeProtection: true,
        enabledForDeployment: false,
        enabledForDiskEncryption: false,
        enabledForTemplateDeployment: false,
        publicNetworkAccess: 'Disabled',
        networkAcls: { defaultAction: 'Deny', bypass: 'None' },
      },
    },
    ...['backup', 'recovery', 'drill', 'drill-faults'].map(
      (key): Required => ({
        type: 'Microsoft.KeyVault/vaults/keys',
        under: `${VAULT}/keys/warden-seal-${key}`,
        exactly: true,
        like: KEY,
      }),
    ),
    { type: ROLE, under: seal, like: role([READ, SIGN]) },
    { type: ROLE, under: read, like: role([READ]) },
    assigned('warden-seal-backup', BACKUP, seal),
    assigned('warden-seal-backup', RECOVERY, read),
    assigned('warden-seal-recovery', RECOVERY, seal),
    assigned('warden-seal-recovery', BACKUP, read),
    assigned('warden-seal-drill', DRILL, seal),
    assigned('warden-seal-drill', BACKUP, read),
    assigned('warden-seal-drill', RECOVERY, read),
    assigned('warden-seal-drill-faults', DRILL, seal),
    assigned('warden-seal-backup', DRILL, read),
    assigned('warden-seal-recovery', DRILL, read),
    {
      type: 'Microsoft.Insights/diagnosticSettings',
      under: `${VAULT}/`,
      like: {
        workspaceId: /\/workspaces\/log-warden$/,
        logAnalyticsDestinationType: 'Dedicated',
        logs: [{ category: 'AuditEvent', enabled: true }],
      },
    },
    {
      type: 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups',
      under: GROUP,
      like: {
        privateDnsZoneConfigs: [
          {
            name: 'privatelink-vaultcore-azure-net',
            properties: { privateDnsZoneId: /\/privatelink\.vaultcore\.azure\.net$/ },
          },
        ],
      },
    },
  ];
}

/** The role that names `action` among its data actions; without one, the role that has nothing but reading. */
function roleIdOf({ predictedResources }: Snapshot, action: string | undefined): string {
  const found = predictedResources.find(
    (one) => one.type === ROLE && JSON.stringify(one.properties).includes(SIGN) === (action !== undefined),
  );
  return found?.id ?? 'none';
}

function matches(one: Resource, { type, under, exactly, saying = '' }: Required): boolean {
  const isThere = exactly === true ? one.id === under : one.id.startsWith(under);
  return one.type === type && isThere && JSON.stringify(one.properties).includes(saying);
}

function problemsOf({ predictedResources }: Snapshot, wanted: Required): readonly string[] {
  const [found, ...more] = predictedResources.filter((one) => matches(one, wanted));
  if (found === undefined || more.length > 0) {
    return [
      `sealing-vault: expected one ${wanted.type} under ${wanted.under}, got ${more.length + (found ? 1 : 0)}`,
    ];
  }
  const properties: JsonValue = JSON.parse(JSON.stringify(found.properties ?? null));
  return differences(properties, wanted.like).map((one) => `sealing-vault: ${wanted.type}: ${one}`);
}
