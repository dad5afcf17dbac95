/** Checks an HSM as Azure Resource Manager sees it: state, region, protection, network, and room for its audit log. */
import { z } from 'zod';
import { type Finding, fail, ok } from '../doctor/check.ts';
import { checkRights } from './check-rights.ts';
import {
  judgeGroup,
  judgeNetwork,
  judgeProtection,
  judgeRegion,
  judgeState,
  ManagedHsm,
} from './judge-hsm.ts';
import { HSM_ACTIONS, HSM_APPROVAL, HSM_ELSEWHERE_ACTIONS, HSM_GROUP_ACTIONS } from './rights.ts';
import { groupId, type Survey, same, unread } from './survey.ts';
import type { TargetHsm } from './target.ts';

const Deleted = z.object({ name: z.string() });
const Setting = z.object({ name: z.string() });
/** https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings: five for one resource. */
const MOST_SETTINGS = 5;
const API_VERSION = '2023-07-01';

/** All of one HSM. */
export async function checkHsm(survey: Survey, hsm: TargetHsm): Promise<readonly Finding[]> {
  const { arm, target } = survey;
  const { name, subscriptionId, resourceGroup } = hsm;
  const path = `${groupId(subscriptionId, resourceGroup)}/providers/Microsoft.KeyVault/managedHSMs/${name}`;
  const reading = await arm.get(path, API_VERSION, ManagedHsm);
  if (reading.kind === 'missing') return [await missing(survey, hsm)];
  if (reading.kind !== 'ok') return [unread('HSM', name, reading, `Reader on ${name}`)];
  const { location, properties } = reading.value;
  const approval = target.privateNetworking && hsm.privateEndpoint === 'automatic' ? [HSM_APPROVAL] : [];
  const elsewhere = same(subscriptionId, target.subscriptionId) ? [] : HSM_ELSEWHERE_ACTIONS;
  const inGroup = [...HSM_GROUP_ACTIONS, ...elsewhere];
  return [
    judgeState(name, properties),
    judgeRegion(survey, hsm, [location, ...(properties.regions ?? []).map((one) => one.name ?? '')]),
    judgeProtection(name, properties),
    ...judgeNetwork(survey, hsm, properties),
    ...judgeGroup(survey, hsm),
    await checkSettings(survey, hsm, path),
    ...(await checkRights(survey, groupId(subscriptionId, resourceGroup), resourceGroup, inGroup)),
    ...(await checkRights(survey, path, name, [...HSM_ACTIONS, ...approval])),
  ];
}

async function missing(
  { arm }: Survey,
  { name, subscriptionId, resourceGroup }: TargetHsm,
): Promise<Finding> {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/deletedManagedHSMs`;
  const deleted = await arm.list(path, API_VERSION, Deleted);
  if (deleted.kind === 'ok' && deleted.value.some((one) => same(one.name, name))) {
    const fix = `Before it is purged: az keyvault recover --hsm-name ${name} --subscription ${subscriptionId}`;
    return fail('HSM', name, 'the HSM itself is deleted, and can still be recovered', fix);
  }
  const fix =
    'Correct HSM_WARDEN_HSM_NAMES and HSM_WARDEN_HSM_RESOURCE_GROUP, or hsms in infra/main.bicepparam.';
  return fail('HSM', name, `there is none in ${resourceGroup} of ${subscriptionId}`, fix);
}

async function checkSettings({ arm }: Survey, { name }: TargetHsm, path: string): Promise<Finding> {
  const check = 'HSM diagnostics';
  const list = `${path}/providers/Microsoft.Insights/diagnosticSettings`;
  const reading = await arm.list(list, '2021-05-01-preview', Setting);
  if (reading.kind !== 'ok') return unread(check, name, reading, `Monitoring Reader on ${name}`);
  const ours = reading.value.filter((setting) => setting.name.startsWith('hsm-warden'));
  const detail = `${reading.value.length} of ${MOST_SETTINGS} diagnostic settings are there`;
  if (reading.value.length < MOST_SETTINGS || ours.length > 0) return ok(check, name, detail);
  const others = reading.value.map((setting) => setting.name).join(', ');
  return fail(check, name, detail, `Remove one that nobody needs: ${others}.`);
}
