/** Checks the resource groups: that they are there or can be made, locks that would stop the deployment, and rights. */
import { z } from 'zod';
import { type Finding, fail, ok, unknown, warn } from '../doctor/check.ts';
import { checkRights, judgeRights } from './check-rights.ts';
import { allows, BACKUP_ACTIONS, GROUP_ACTIONS, NETWORK_ACTIONS, NEW_HSM_ACTIONS } from './rights.ts';
import { groupId, type Survey, same, unread } from './survey.ts';

const Lock = z.object({ name: z.string(), properties: z.object({ level: z.string() }) });

/** The groups of the deployment. Those of the HSMs are checked with the HSMs. */
export async function checkGroups(survey: Survey): Promise<readonly Finding[]> {
  const { target } = survey;
  const { resourceGroup, backupResourceGroup, newHsm } = target;
  const actions = [...GROUP_ACTIONS, ...(target.ownNetwork ? NETWORK_ACTIONS : [])];
  const findings: Finding[] = [];
  if (same(resourceGroup, backupResourceGroup)) {
    const fix = `azd env set HSM_WARDEN_BACKUP_RESOURCE_GROUP ${resourceGroup}-backups`;
    findings.push(fail('resource group', resourceGroup, 'azd down would delete the backups with it', fix));
  }
  findings.push(...(await checkGroup(survey, resourceGroup, actions)));
  findings.push(...(await checkGroup(survey, backupResourceGroup, BACKUP_ACTIONS)));
  if (newHsm !== undefined) {
    findings.push(...(await checkGroup(survey, newHsm.resourceGroup, NEW_HSM_ACTIONS, 'nobody')));
    if (same(newHsm.resourceGroup, resourceGroup)) {
      const fix = 'In infra/main.bicepparam: newHsm.resourceGroupName, another group.';
      findings.push(
        fail('new HSM', newHsm.name, `azd down would delete it with ${resourceGroup}, and can purge it`, fix),
      );
    }
    if (!newHsm.enablePurgeProtection) {
      const fix = 'Leave newHsm.enablePurgeProtection out, unless this is a trial.';
      findings.push(warn('new HSM', newHsm.name, 'whoever may purge can end a deleted key at once', fix));
    }
  }
  return findings;
}

async function checkGroup(
  survey: Survey,
  name: string,
  actions: readonly string[],
  madeBy: 'the hooks' | 'nobody' = 'the hooks',
): Promise<readonly Finding[]> {
  const { target, arm, existing, subscriptionRights } = survey;
  const path = groupId(target.subscriptionId, name);
  if (existing.has(name.toLowerCase())) {
    return [
      ok('resource group', name, 'it is there'),
      ...(await checkLocks(survey, name)),
      ...(await checkRights(survey, path, name, actions)),
    ];
  }
  const there = await arm.get(path, '2021-04-01', z.unknown());
  if (there.kind !== 'missing') {
    const reading =
      there.kind === 'ok' ? ({ kind: 'failed', why: 'its resources could not be listed' } as const) : there;
    return [unread('resource group', name, reading, `Reader on ${name}`)];
  }
  const region = target.groupLocation;
  // The hooks of azd make the groups of the deployment (infra/hooks/groups.sh), and no other.
  const make = `az group create --name ${name} --location ${region} --subscription ${target.subscriptionId}`;
  if (subscriptionRights === undefined) {
    return [
      unknown('resource group', name, 'it is missing, and it is unknown whether you may make it', make),
    ];
  }
  if (allows(subscriptionRights, 'Microsoft.Resources/subscriptions/resourceGroups/write') === 'no') {
    const fix = `Contributor or Owner of the subscription runs: ${make}`;
    return [fail('resource group', name, 'it is missing, and you may not make it', fix)];
  }
  const missing =
    madeBy === 'nobody'
      ? fail('resource group', name, 'it is missing, and nothing makes it', make)
      : warn('resource group', name, 'it is missing; azd up makes it, other ways of deployment do not', make);
  return [missing, ...judgeRights(name, subscriptionRights, actions)];
}

/** A lock ReadOnly stops every write: https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources */
async function checkLocks({ arm, target }: Survey, name: string): Promise<readonly Finding[]> {
  const path = `${groupId(target.subscriptionId, name)}/providers/Microsoft.Authorization/locks`;
  const reading = await arm.list(path, '2016-09-01', Lock);
  if (reading.kind !== 'ok') return [unread('locks', name, reading, `Reader on ${name}`)];
  const stops = reading.value.filter(({ properties }) => same(properties.level, 'ReadOnly'));
  return stops.map((lock) =>
    fail(
      'locks',
      name,
      `the lock ${lock.name} lets nothing be written`,
      `An owner removes it for the deployment: az lock delete --name ${lock.name} --resource-group ${name}`,
    ),
  );
}
