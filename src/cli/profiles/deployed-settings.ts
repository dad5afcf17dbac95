/** Reads the settings of a deployment from its two apps, so that the command line judges by what they go by. */
import { z } from 'zod';
import type { Reading, ResourceManager } from '../../adapters/arm/resource-manager.ts';
import { keptSettings } from '../connect/profile.ts';
import { UsageError } from '../frame/failures.ts';

/** Where the apps are. */
export interface DeployedPlace {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
}

/** https://learn.microsoft.com/rest/api/appservice/web-apps */
const SITES_VERSION = '2024-04-01';
const SUBSCRIPTIONS_VERSION = '2022-12-01';
const Site = z.object({ name: z.string(), kind: z.string().nullish() });
const AppSettings = z.object({ properties: z.record(z.string(), z.string()) });
const Subscription = z.object({ subscriptionId: z.string(), displayName: z.string() });
/** A value that only the app itself can resolve. */
const REFERENCE = /^@Microsoft\./i;

/** The subscription to look in: the only one that the caller sees. Fails with UsageError when there are several, or none can be read. */
export async function onlySubscription(arm: ResourceManager): Promise<string> {
  const found = needed(
    await arm.list('/subscriptions', SUBSCRIPTIONS_VERSION, Subscription),
    'The subscriptions',
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.subscriptionId;
  throw new UsageError(
    only === undefined ? 'You can see no subscription.' : `You can see ${found.length} subscriptions.`,
    only === undefined
      ? 'Ask for the role Reader on that of the deployment.'
      : `Add --subscription with one of: ${found.map(({ displayName, subscriptionId }) => `${subscriptionId} (${displayName})`).join(', ')}.`,
  );
}

/** The settings of the apps in a group, without secrets; what both have is taken from the recovery app. Fails with UsageError. */
export async function readDeployedSettings(
  arm: ResourceManager,
  { subscriptionId, resourceGroup }: DeployedPlace,
): Promise<Record<string, string>> {
  const sites = `/subscriptions/${subscriptionId}/resourceGroups/${encodeURIComponent(resourceGroup)}/providers/Microsoft.Web/sites`;
  const apps = needed(await arm.list(sites, SITES_VERSION, Site), `The apps of the group ${resourceGroup}`);
  const read: Record<string, string>[] = [];
  for (const { name } of apps.filter(({ kind }) => /functionapp/i.test(kind ?? ''))) {
    const path = `${sites}/${name}/config/appsettings/list`;
    const settings = needed(
      await arm.ask(path, SITES_VERSION, {}, AppSettings),
      `The settings of the app ${name}`,
      'The right for it is Microsoft.Web/sites/config/list/action (in the role Website Contributor). Or answer the questions: hsm-warden init --ask',
    );
    const plain = Object.entries(settings.properties).filter(([, value]) => !REFERENCE.test(value));
    read.push(keptSettings(Object.fromEntries(plain)));
  }
  // The recovery app comes last: only it knows the tenant.
  const ours = read
    .filter((settings) => settings.WARDEN_HSMS !== undefined)
    .sort((a, b) => Number('WARDEN_AUTH_TENANT' in a) - Number('WARDEN_AUTH_TENANT' in b));
  if (ours.length > 0) return Object.assign({}, ...ours);
  throw new UsageError(
    `No app of HSM Warden is in the group ${resourceGroup} of the subscription ${subscriptionId}.`,
    'Name the group that holds the two function apps: --resource-group NAME',
  );
}

/** What was read. Fails with UsageError where it was not. */
function needed<T>(reading: Reading<T>, what: string, right?: string): T {
  if (reading.kind === 'ok') return reading.value;
  const why = reading.kind === 'missing' ? 'there is no such thing' : reading.why;
  throw new UsageError(
    `${what} could not be read: ${why}.`,
    reading.kind === 'forbidden' ? (right ?? 'Ask for the role Reader there.') : undefined,
  );
}
