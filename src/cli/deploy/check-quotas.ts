/** Checks that the subscription has room for what is made. */
import { z } from 'zod';
import { type Finding, fail, ok, unknown } from '../doctor/check.ts';
import { globalNames } from './names.ts';
import { groupId, isThere, type Survey, same, unread } from './survey.ts';

const Usage = z.object({
  currentValue: z.number(),
  limit: z.number(),
  name: z.object({ value: z.string() }),
});

/** Storage accounts and parts of networks: those that many subscriptions run out of. */
export async function checkQuotas(survey: Survey): Promise<readonly Finding[]> {
  const { target } = survey;
  const accounts = newAccounts(survey);
  const network = target.ownNetwork && !hasNetwork(survey);
  return [
    // https://learn.microsoft.com/rest/api/storagerp/usages/list-by-location
    ...(await room(survey, 'Microsoft.Storage', '2023-05-01', [['StorageAccounts', accounts]])),
    // https://learn.microsoft.com/rest/api/virtualnetwork/usages/list
    ...(network
      ? await room(survey, 'Microsoft.Network', '2023-09-01', [
          ['VirtualNetworks', 1],
          ['NetworkSecurityGroups', 2],
        ])
      : []),
  ];
}

async function room(
  { arm, target, region }: Survey,
  provider: string,
  apiVersion: string,
  needs: readonly (readonly [string, number])[],
): Promise<readonly Finding[]> {
  const check = 'quota';
  const path = `/subscriptions/${target.subscriptionId}/providers/${provider}/locations/${region}/usages`;
  const reading = await arm.list(path, apiVersion, Usage);
  if (reading.kind !== 'ok') return [unread(check, provider, reading, 'Reader on the subscription')];
  return needs.map(([what, more]) => {
    const usage = reading.value.find(({ name }) => same(name.value, what));
    if (usage === undefined) {
      return unknown(
        check,
        what,
        `Azure does not say how many ${region} has`,
        'Look in the portal: Usage + quotas.',
      );
    }
    const { currentValue, limit } = usage;
    const detail = `${currentValue} of ${limit} are used, ${more} more are needed`;
    if (currentValue + more <= limit) return ok(check, what, detail);
    const fix = `Raise it: portal, Subscriptions, Usage + quotas, ${provider}, ${region}.`;
    return fail(check, what, detail, fix);
  });
}

function newAccounts(survey: Survey): number {
  const { target } = survey;
  const names = globalNames(target.namePrefix, groupId(target.subscriptionId, target.resourceGroup));
  return names.storageAccounts.filter((name) => {
    const group = name === names.backupAccount ? target.backupResourceGroup : target.resourceGroup;
    return !isThere(survey, group, 'Microsoft.Storage/storageAccounts', name);
  }).length;
}

function hasNetwork({ existing, target }: Survey): boolean {
  const resources = existing.get(target.resourceGroup.toLowerCase()) ?? [];
  return resources.some(({ type }) => same(type, 'Microsoft.Network/virtualNetworks'));
}
