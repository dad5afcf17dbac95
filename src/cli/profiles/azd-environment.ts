/** Reads what azd knows of a deployment: `.azure/NAME/.env` below the folder of the project. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { UsageError } from '../frame/failures.ts';
import type { DeployedPlace } from './deployed-settings.ts';

const FOLDER = '.azure';
/** https://learn.microsoft.com/azure/developer/azure-developer-cli/manage-environment-variables */
const AzdConfig = z.object({ defaultEnvironment: z.string().min(1) });
const Values = z.object({ AZURE_SUBSCRIPTION_ID: z.guid(), AZURE_RESOURCE_GROUP: z.string().min(1) });

/** The environment that azd uses when none is named; undefined where azd has none here. */
export async function defaultAzdEnvironment(folder: string): Promise<string | undefined> {
  try {
    const text = await readFile(join(folder, FOLDER, 'config.json'), 'utf8');
    return AzdConfig.safeParse(JSON.parse(text)).data?.defaultEnvironment;
  } catch {
    return undefined;
  }
}

/** Where an environment of azd was deployed to. Fails with UsageError. */
export async function azdPlace(folder: string, name: string): Promise<DeployedPlace> {
  const path = join(folder, FOLDER, name, '.env');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw new UsageError(
      `There is no azd environment ${name} here: ${path} cannot be read.`,
      'azd env list shows them.',
    );
  }
  const parsed = Values.safeParse(parseEnv(text));
  if (parsed.success) {
    const { AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP } = parsed.data;
    return { subscriptionId: AZURE_SUBSCRIPTION_ID, resourceGroup: AZURE_RESOURCE_GROUP };
  }
  const missing = parsed.error.issues.map(({ path: [variable] }) => String(variable)).join(' and ');
  throw new UsageError(
    `The azd environment ${name} lacks ${missing}: it was not deployed yet, or elsewhere.`,
    'Run azd up, or name the group: hsm-warden init --resource-group NAME',
  );
}
