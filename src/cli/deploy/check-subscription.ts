/** Checks the subscription: that it is there and works, and that the resource providers are registered. */
import { z } from 'zod';
import { type Finding, fail, ok, unknown, warn } from '../doctor/check.ts';
import { allows } from './rights.ts';
import { type Survey, same, unread } from './survey.ts';

/**
 * The resource providers of the deployment; infra/hooks/providers.sh registers them, and test/deploy compares both with the
 * template. Microsoft.App is in no resource: subnets of Flex Consumption are delegated to it.
 * https://learn.microsoft.com/azure/azure-functions/flex-consumption-how-to#configure-virtual-network-integration
 */
export const PROVIDERS = [
  'Microsoft.App',
  'Microsoft.Authorization',
  'Microsoft.EventGrid',
  'Microsoft.EventHub',
  'Microsoft.Insights',
  'Microsoft.KeyVault',
  'Microsoft.ManagedIdentity',
  'Microsoft.Network',
  'Microsoft.OperationalInsights',
  'Microsoft.Storage',
  'Microsoft.Web',
] as const;

/** In a subscription that only holds HSMs. */
const HSM_PROVIDERS = ['Microsoft.Insights', 'Microsoft.KeyVault'] as const;

const Subscription = z.object({ displayName: z.string(), state: z.string() });
const Provider = z.object({ namespace: z.string(), registrationState: z.string() });

/** The subscription itself. https://learn.microsoft.com/rest/api/resources/subscriptions/get */
export async function checkSubscription({ arm, target }: Survey): Promise<readonly Finding[]> {
  const { subscriptionId } = target;
  const reading = await arm.get(`/subscriptions/${subscriptionId}`, '2022-12-01', Subscription);
  const check = 'subscription';
  if (reading.kind === 'missing' || reading.kind === 'forbidden') {
    const fix = 'Sign in to its tenant (az login --tenant TENANT), or correct AZURE_SUBSCRIPTION_ID.';
    return [fail(check, subscriptionId, 'there is none that you may see', fix)];
  }
  if (reading.kind !== 'ok') {
    const fix = 'Sign in (az login), see that Azure can be reached from here, then repeat.';
    return [unknown(check, subscriptionId, `it could not be read: ${reading.why}`, fix)];
  }
  const { displayName, state } = reading.value;
  if (same(state, 'Enabled')) return [ok(check, subscriptionId, displayName)];
  const fix = 'Whoever owns its billing account enables it; until then nothing can be made in it.';
  return [fail(check, subscriptionId, `${displayName} is ${state}`, fix)];
}

/** The resource providers, in each subscription that is touched. */
export async function checkProviders(survey: Survey): Promise<readonly Finding[]> {
  const { target } = survey;
  const others = new Set(target.hsms.map(({ subscriptionId }) => subscriptionId.toLowerCase()));
  others.delete(target.subscriptionId.toLowerCase());
  const findings = [await providersOf(survey, target.subscriptionId, PROVIDERS)];
  for (const id of others) findings.push(await providersOf(survey, id, HSM_PROVIDERS));
  return findings.flat();
}

/** https://learn.microsoft.com/rest/api/resources/providers/list */
async function providersOf(
  survey: Survey,
  subscriptionId: string,
  wanted: readonly string[],
): Promise<readonly Finding[]> {
  const check = 'resource providers';
  const reading = await survey.arm.list(`/subscriptions/${subscriptionId}/providers`, '2021-04-01', Provider);
  if (reading.kind !== 'ok') return [unread(check, subscriptionId, reading, 'Reader on the subscription')];
  const problems = wanted.flatMap((namespace): readonly Finding[] => {
    const state =
      reading.value.find((one) => same(one.namespace, namespace))?.registrationState ?? 'unknown to Azure';
    if (same(state, 'Registered')) return [];
    if (same(state, 'Registering')) {
      return [warn(check, namespace, 'it is being registered', 'Wait a few minutes, then check again.')];
    }
    return [fail(check, namespace, `it is ${state}`, registerFix(survey, subscriptionId, namespace))];
  });
  return problems.length > 0 ? problems : [ok(check, subscriptionId, `all ${wanted.length} are registered`)];
}

function registerFix(
  { subscriptionRights, target }: Survey,
  subscriptionId: string,
  namespace: string,
): string {
  const command = `az provider register --namespace ${namespace} --subscription ${subscriptionId}`;
  const here = same(subscriptionId, target.subscriptionId) ? subscriptionRights : undefined;
  const may = here === undefined ? 'unknown' : allows(here, `${namespace}/register/action`);
  if (may === 'yes') return command;
  const who = `Contributor or Owner of the subscription (${namespace}/register/action)`;
  return may === 'no' ? `You may not. ${who} runs: ${command}` : `${command}. It takes ${who}.`;
}
