/** Judges what Azure Resource Manager says of an HSM. */
import { z } from 'zod';
import { type Finding, fail, ok, warn } from '../doctor/check.ts';
import { type Survey, same } from './survey.ts';
import { regionName, type TargetHsm } from './target.ts';

/** https://learn.microsoft.com/rest/api/keyvault/managedhsm/managed-hsms/get */
export const ManagedHsm = z.object({
  location: z.string(),
  properties: z.object({
    provisioningState: z.string().nullish(),
    statusMessage: z.string().nullish(),
    softDeleteRetentionInDays: z.number().nullish(),
    enablePurgeProtection: z.boolean().nullish(),
    publicNetworkAccess: z.string().nullish(),
    networkAcls: z.object({ defaultAction: z.string().nullish() }).nullish(),
    regions: z.array(z.object({ name: z.string().nullish() })).nullish(),
    securityDomainProperties: z.object({ activationStatus: z.string().nullish() }).nullish(),
  }),
});
type Properties = z.output<typeof ManagedHsm>['properties'];
/** Whether it can be used: made, activated. */
export function judgeState(
  name: string,
  { provisioningState, statusMessage, securityDomainProperties }: Properties,
): Finding {
  const state = provisioningState ?? 'unknown';
  const activation = securityDomainProperties?.activationStatus ?? 'Active';
  if (same(activation, 'NotActivated') || same(state, 'Provisioned')) {
    const fix = `An administrator activates it: az keyvault security-domain download --hsm-name ${name} …`;
    return fail('HSM', name, 'it is not activated: nobody has downloaded its security domain', fix);
  }
  if (same(state, 'Succeeded') || same(state, 'Activated')) return ok('HSM', name, 'it is active');
  const detail = `it is ${state}${statusMessage ? `: ${statusMessage}` : ''}`;
  return fail('HSM', name, detail, 'Wait until it is ready; az keyvault show --hsm-name shows its state.');
}

/** Whether its audit log reaches the Event Hub of the deployment; `regions` are those it is in. */
export function judgeRegion({ region }: Survey, hsm: TargetHsm, regions: readonly string[]): Finding {
  const names = regions.map(regionName).filter((name) => name !== '');
  if (hsm.location !== undefined && hsm.location !== region) {
    const fix =
      'Deletions are then found by the watch, every quarter of an hour; a deployment in its region hears of them at once.';
    return names.includes(hsm.location)
      ? warn(
          'HSM region',
          hsm.name,
          `it is in ${hsm.location}: its audit log reaches the workspace only`,
          fix,
        )
      : fail(
          'HSM region',
          hsm.name,
          `it is in ${names.join(', ')}, not in ${hsm.location}`,
          'Correct its location in infra/main.bicepparam.',
        );
  }
  if (names.includes(region)) return ok('HSM region', hsm.name, region);
  const fix = `Deploy to ${names[0]}, or say so in infra/main.bicepparam: { name: '${hsm.name}', location: '${names[0]}', … }.`;
  return fail(
    'HSM region',
    hsm.name,
    `it is in ${names.join(', ')}, and its audit log reaches no Event Hub in ${region}`,
    fix,
  );
}

/** Whether deleted keys are safe from a purge. */
export function judgeProtection(name: string, properties: Properties): Finding {
  const { enablePurgeProtection, softDeleteRetentionInDays } = properties;
  const days = `deleted keys are kept for ${softDeleteRetentionInDays ?? 'an unknown number of'} days`;
  if (enablePurgeProtection === true) return ok('HSM protection', name, `purge protection is on, ${days}`);
  const fix = `az keyvault update-hsm --hsm-name ${name} --enable-purge-protection true. It can never be switched off.`;
  return warn(
    'HSM protection',
    name,
    `purge protection is off, ${days}: whoever may purge can end one at once`,
    fix,
  );
}

/** Whether the apps, and whoever assigns the local roles, can reach it. */
export function judgeNetwork({ target }: Survey, hsm: TargetHsm, properties: Properties): readonly Finding[] {
  const { publicNetworkAccess, networkAcls } = properties;
  const closed =
    same(publicNetworkAccess ?? '', 'Disabled') || same(networkAcls?.defaultAction ?? '', 'Deny');
  const check = 'HSM network';
  if (!target.privateNetworking && closed) {
    const fix =
      'Leave privateNetworking on, or open the HSM to the public: az keyvault update-hsm --default-action Allow.';
    return [fail(check, hsm.name, 'it is closed to the public, and there is no private network', fix)];
  }
  if (hsm.privateEndpoint === 'none' && target.privateNetworking && closed) {
    const fix =
      "Give the address of its private endpoint (privateIpAddress), or privateEndpoint: 'automatic'.";
    return [
      warn(check, hsm.name, 'it is closed to the public, and this deployment makes no endpoint for it', fix),
    ];
  }
  const findings: Finding[] = [ok(check, hsm.name, closed ? 'closed to the public' : 'open to the public')];
  if (closed) {
    const fix = `Run it where the HSM can be reached: a machine in its network, or one in operatorAddressPrefixes.`;
    findings.push(
      warn('local roles', hsm.name, 'roles apply must reach the HSM, which is closed to the public', fix),
    );
  }
  return findings;
}

/** Whether it lies where `azd down` deletes. */
export function judgeGroup(
  { target }: Survey,
  { name, subscriptionId, resourceGroup }: TargetHsm,
): readonly Finding[] {
  if (!same(resourceGroup, target.resourceGroup) || !same(subscriptionId, target.subscriptionId)) return [];
  const fix = 'Deploy to another group: azd env set AZURE_RESOURCE_GROUP rg-warden';
  return [fail('HSM group', name, `azd down would delete it with ${resourceGroup}, and can purge it`, fix)];
}
