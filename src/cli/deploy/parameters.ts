/** The parameters of infra/main.bicep that a check needs, with the template's defaults. */
import { z } from 'zod';
import type { Environment } from '../../platform/config/config.ts';

/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
export const GroupName = z
  .string()
  .regex(/^[\p{L}\p{N}_.()-]{0,89}[\p{L}\p{N}_()-]$/u, 'expected the name of a resource group');
const HsmName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/, 'expected 3 to 24 letters, digits, hyphens');
export const Region = z.string().regex(/^[A-Za-z0-9 ]+$/, 'expected a region, like westeurope');

/** The members of the parameters that matter here, with the template's defaults; test/cli/deploy compares them with it. */
export const Parameters = z.object({
  namePrefix: z.string().default('warden'),
  location: Region.optional(),
  hsms: z
    .array(
      z.object({
        name: HsmName,
        resourceGroupName: GroupName.optional(),
        subscriptionId: z.guid().optional(),
        location: Region.optional(),
        privateEndpoint: z.enum(['automatic', 'manual', 'none']).default('automatic'),
      }),
    )
    .default([]),
  newHsm: z
    .object({
      name: HsmName,
      resourceGroupName: GroupName.optional(),
      enablePurgeProtection: z.boolean().default(true),
    })
    .nullish(),
  entra: z.object({ clientId: z.string() }).optional(),
  backupResourceGroupName: GroupName.optional(),
  backupStorage: z.object({ skuName: z.string().default('Standard_GZRS') }).prefault({}),
  hostStorageSkuName: z.string().default('Standard_ZRS'),
  regionHasZones: z.boolean().default(true),
  zoneRedundantApps: z.boolean().default(false),
  privateNetworking: z.boolean().default(true),
  existingNetwork: z.unknown().optional(),
  alertReceivers: z
    .object({ emails: z.array(z.string()).default([]), webhooks: z.array(z.string()).default([]) })
    .prefault({}),
});

/** What infra/main.bicepparam makes of the environment of azd where nobody edited it. */
export function parametersOf(environment: Environment): object {
  const { HSM_WARDEN_HSM_NAMES, HSM_WARDEN_HSM_RESOURCE_GROUP, HSM_WARDEN_ENTRA_CLIENT_ID } = environment;
  const { HSM_WARDEN_ALERT_EMAILS } = environment;
  const names = (HSM_WARDEN_HSM_NAMES ?? '').split(',').map((name) => name.trim());
  return {
    hsms: names
      .filter((name) => name !== '')
      .map((name) => ({ name, resourceGroupName: HSM_WARDEN_HSM_RESOURCE_GROUP })),
    alertReceivers: { emails: (HSM_WARDEN_ALERT_EMAILS ?? '').split(',').filter((mail) => mail !== '') },
    ...(HSM_WARDEN_ENTRA_CLIENT_ID ? { entra: { clientId: HSM_WARDEN_ENTRA_CLIENT_ID } } : {}),
    ...(environment.HSM_WARDEN_PRIVATE_NETWORKING === 'false' ? { privateNetworking: false } : {}),
    ...(environment.HSM_WARDEN_BACKUP_RESOURCE_GROUP
      ? { backupResourceGroupName: environment.HSM_WARDEN_BACKUP_RESOURCE_GROUP }
      : {}),
  };
}
