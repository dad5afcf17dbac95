/** What is to be deployed, and where: from the parameters of the deployment, the options and the environment of azd. */
import { z } from 'zod';
import type { Environment } from '../../platform/config/config.ts';
import type { OptionSpec } from '../frame/command.ts';
import { UsageError } from '../frame/failures.ts';
import { GroupName, Parameters, parametersOf, Region } from './parameters.ts';
import { readParameters } from './parameters-file.ts';

export const TARGET_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--parameters <path>',
    description: 'JSON that az bicep build-params --stdout makes of infra/main.bicepparam',
  },
  { flags: '--subscription <id>', description: 'subscription to deploy to (else AZURE_SUBSCRIPTION_ID)' },
  { flags: '--resource-group <name>', description: 'group to deploy to (else AZURE_RESOURCE_GROUP)' },
  { flags: '--location <region>', description: 'region of a group that is missing (else AZURE_LOCATION)' },
];

export const TargetOptions = {
  parameters: z.string().min(1).optional(),
  subscription: z.guid().optional(),
  resourceGroup: GroupName.optional(),
  location: Region.optional(),
};
type Options = z.output<z.ZodObject<typeof TargetOptions>>;

/** An HSM that is there already. */
export interface TargetHsm {
  readonly name: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** The region that the parameters give it, where that is not the one deployed to. */
  readonly location: string | undefined;
  readonly privateEndpoint: 'automatic' | 'manual' | 'none';
}

/** What is to be deployed. */
export interface Target {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly backupResourceGroup: string;
  /** The region of the parameters; else the template takes that of the group. As Azure names it: `westeurope`. */
  readonly location: string | undefined;
  /** Where a group that is missing would be made. */
  readonly groupLocation: string;
  readonly namePrefix: string;
  readonly hsms: readonly TargetHsm[];
  readonly newHsm: NewHsm | undefined;
  readonly backupSku: string;
  readonly hostSku: string;
  readonly zoneRedundantApps: boolean;
  readonly privateNetworking: boolean;
  /** Whether the deployment makes the network; false where it uses one that exists. */
  readonly ownNetwork: boolean;
  readonly clientId: string | undefined;
  /** How many receive an alert. */
  readonly receivers: number;
}

/** An HSM to create. */
interface NewHsm {
  readonly name: string;
  readonly resourceGroup: string;
  readonly enablePurgeProtection: boolean;
}

/** Reads the target. Fails with UsageError, which says what is missing. */
export async function readTarget(options: Options, environment: Environment): Promise<Target> {
  const given = options.parameters === undefined ? undefined : await readParameters(options.parameters);
  const parsed = Parameters.safeParse(given ?? parametersOf(environment));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new UsageError(
      `The parameters are not those of infra/main.bicep: ${faults.join('; ')}.`,
      'Make them with: az bicep build-params --file infra/main.bicepparam --stdout',
    );
  }
  const parameters = parsed.data;
  const { AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP, AZURE_LOCATION } = environment;
  const subscriptionId = need(
    z.guid(),
    options.subscription ?? AZURE_SUBSCRIPTION_ID,
    '--subscription',
    'AZURE_SUBSCRIPTION_ID',
  );
  const resourceGroup = need(
    GroupName,
    options.resourceGroup ?? AZURE_RESOURCE_GROUP,
    '--resource-group',
    'AZURE_RESOURCE_GROUP',
  );
  const location = need(
    Region,
    options.location ?? AZURE_LOCATION ?? parameters.location,
    '--location',
    'AZURE_LOCATION',
  );
  return {
    subscriptionId,
    resourceGroup,
    backupResourceGroup: parameters.backupResourceGroupName ?? `${resourceGroup}-backups`,
    location: parameters.location === undefined ? undefined : regionName(parameters.location),
    groupLocation: regionName(location),
    namePrefix: parameters.namePrefix,
    hsms: parameters.hsms.map((hsm) => ({
      name: hsm.name,
      subscriptionId: hsm.subscriptionId ?? subscriptionId,
      resourceGroup: hsm.resourceGroupName ?? resourceGroup,
      location: hsm.location === undefined ? undefined : regionName(hsm.location),
      privateEndpoint: hsm.privateEndpoint,
    })),
    newHsm: newHsmOf(parameters, resourceGroup),
    backupSku: skuOf(parameters.backupStorage.skuName, parameters.regionHasZones),
    hostSku: skuOf(parameters.hostStorageSkuName, parameters.regionHasZones),
    zoneRedundantApps: parameters.zoneRedundantApps,
    privateNetworking: parameters.privateNetworking,
    ownNetwork: parameters.privateNetworking && (parameters.existingNetwork ?? undefined) === undefined,
    clientId: parameters.entra?.clientId,
    receivers: parameters.alertReceivers.emails.length + parameters.alertReceivers.webhooks.length,
  };
}

function newHsmOf({ newHsm }: z.output<typeof Parameters>, resourceGroup: string): NewHsm | undefined {
  if (newHsm === undefined || newHsm === null) return undefined;
  const { name, enablePurgeProtection, resourceGroupName } = newHsm;
  return { name, enablePurgeProtection, resourceGroup: resourceGroupName ?? `${resourceGroup}-hsm` };
}

/** The same redundancy without zones, as the template takes it for a region that has none. */
function skuOf(sku: string, zones: boolean): string {
  return zones ? sku : sku.replace(/_(RA)?GZRS$/, '_$1GRS').replace(/_ZRS$/, '_LRS');
}

/** `West Europe` and `westeurope` are one region. */
export function regionName(text: string): string {
  return text.replaceAll(/\s/g, '').toLowerCase();
}

function need(shape: z.ZodType<string>, value: string | undefined, flag: string, variable: string): string {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `It is not known where to deploy to: ${flag} is ${value === undefined || value === '' ? 'missing' : `'${value}'`}.`,
    `Give it, or set ${variable}; azd env get-values shows what azd has.`,
  );
}
