// The pool as Azure Resource Manager shows it: what belongs to the resource and not to the data plane.
import { z } from 'zod';
import type { PoolSettings } from '../state/model.ts';

/** Where the resource is: `subscriptionId` is a GUID, the others are names. */
export type ResourceLocation = {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** A region such as `westeurope`. */
  readonly location: string;
};

const Region = z.strictObject({
  name: z.string().min(1),
  provisioningState: z.string().default('Succeeded'),
  isPrimary: z.boolean().default(false),
});
const NetworkAcls = z.strictObject({
  bypass: z.enum(['AzureServices', 'None']).default('AzureServices'),
  defaultAction: z.enum(['Allow', 'Deny']).default('Allow'),
  ipRules: z.array(z.strictObject({ value: z.string().min(1) })).default([]),
  virtualNetworkRules: z.array(z.strictObject({ id: z.string().min(1) })).default([]),
});

/**
 * What a test may set of the resource. Retention, purge protection, name and tenant are not among it: they are fixed
 * when the pool is made, and the resource shows what the pool does.
 */
const ResourceChange = z.strictObject({
  networkAcls: NetworkAcls.optional(),
  publicNetworkAccess: z.enum(['Enabled', 'Disabled']).optional(),
  regions: z.array(Region).optional(),
  provisioningState: z
    .enum([
      'Succeeded',
      'Provisioning',
      'Failed',
      'Updating',
      'Deleting',
      'Activated',
      'SecurityDomainRestore',
      'Restoring',
    ])
    .optional(),
  activationStatus: z.enum(['Active', 'NotActivated', 'Unknown', 'Failed']).optional(),
  tags: z.record(z.string(), z.string()).optional(),
  /** Object ids of those who may read the resource; null: everybody with a token for Resource Manager. */
  readers: z.array(z.string().min(1)).nullish(),
});
type ResourceChange = z.infer<typeof ResourceChange>;

/** The resource of one pool. */
export type ManagedHsmResource = {
  /** `/subscriptions/…/managedHSMs/{name}`. */
  readonly id: string;
  /** Whether a principal may read it. */
  isReadableBy(objectId: string): boolean;
  /** Sets what is given and leaves the rest. Throws ZodError when the change is not one. */
  change(change: unknown): ResourceChange;
  /** What has been set. */
  settable(): ResourceChange;
  /** The body of an answer; `host` is the one under which the caller reached the pool. */
  body(host: string): object;
};

/** The messages that the resource shows for its states; texts of the specification's example and of recorded output. */
const ACTIVATION_MESSAGES = {
  Active: 'Your HSM has been activated and can be used for cryptographic operations.',
  NotActivated:
    'Your HSM has been provisioned, but cannot be used for cryptographic operations until it is activated.',
  Unknown: '',
  Failed: '',
} as const;

/** Makes the resource; its members are those of `ManagedHsm` in the specification of Resource Manager, source: https://github.com/Azure/azure-rest-api-specs, specification/keyvault/resource-manager/Microsoft.KeyVault/KeyVault/models.tsp. */
export function createManagedHsmResource(
  pool: PoolSettings,
  at: ResourceLocation,
  administrators: readonly string[],
): ManagedHsmResource {
  const id = `/subscriptions/${at.subscriptionId}/resourceGroups/${at.resourceGroup}/providers/Microsoft.KeyVault/managedHSMs/${pool.name}`;
  let set: ResourceChange = {};
  return {
    id,
    isReadableBy: (objectId) =>
      set.readers?.some((reader) => reader.toLowerCase() === objectId.toLowerCase()) ?? true,
    change(change) {
      set = { ...set, ...ResourceChange.parse(change) };
      return set;
    },
    settable: () => set,
    body(host) {
      const activationStatus = set.activationStatus ?? 'Active';
      return {
        id,
        location: at.location,
        name: pool.name,
        properties: {
          enablePurgeProtection: pool.purgeProtection,
          enableSoftDelete: true,
          hsmUri: `https://${host}/`,
          initialAdminObjectIds: [...administrators],
          networkAcls: set.networkAcls ?? NetworkAcls.parse({}),
          provisioningState: set.provisioningState ?? 'Succeeded',
          publicNetworkAccess: set.publicNetworkAccess ?? 'Enabled',
          regions: set.regions ?? [],
          securityDomainProperties: {
            activationStatus,
            activationStatusMessage: ACTIVATION_MESSAGES[activationStatus],
          },
          softDeleteRetentionInDays: pool.retentionDays,
          statusMessage: 'The Managed HSM is provisioned and ready to use.',
          tenantId: pool.tenantId,
        },
        sku: { family: 'B', name: 'Standard_B1' },
        tags: set.tags ?? {},
        type: 'Microsoft.KeyVault/managedHSMs',
      };
    },
  };
}
