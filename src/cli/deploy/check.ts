/** `hsm-warden deploy check`: says what would fail before anything is deployed. */

import { z } from 'zod';
import { ResourceManager } from '../../adapters/arm/resource-manager.ts';
import { definedOnly } from '../../core/defined-only.ts';
import { CLOUDS } from '../connect/clouds.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, keepLocal } from '../connect/connection.ts';
import { type Finding, fail, ok, warn } from '../doctor/check.ts';
import { showFindings } from '../doctor/show-findings.ts';
import { defineCommand } from '../frame/define.ts';
import { checkGroups } from './check-groups.ts';
import { checkHsm } from './check-hsm.ts';
import { checkLimits } from './check-limits.ts';
import { checkNames } from './check-names.ts';
import { checkPolicies } from './check-policies.ts';
import { checkQuotas } from './check-quotas.ts';
import { checkRegion } from './check-region.ts';
import { readRights } from './check-rights.ts';
import { checkProviders, checkSubscription } from './check-subscription.ts';
import { type ExistingResource, groupId, type Survey } from './survey.ts';
import { readTarget, regionName, TARGET_OPTIONS, type Target, TargetOptions } from './target.ts';

const OPTIONS = [
  ...TARGET_OPTIONS,
  {
    flags: '--resource-manager <url>',
    description: 'address of Azure Resource Manager (default: that of the cloud)',
  },
  ...CONNECTION_OPTIONS.filter(({ flags }) => flags !== '--emulator'),
];
const Schema = z.object({
  ...TargetOptions,
  cloud: ConnectionOptions.cloud,
  caFile: ConnectionOptions.caFile,
  tokenFile: ConnectionOptions.tokenFile,
  resourceManager: z.url({ protocol: /^https$/, error: 'expected an https URL' }).optional(),
});
const NO_CLIENT = '00000000-0000-0000-0000-000000000000';
const Group = z.object({ location: z.string() });
const Resource = z.object({ type: z.string(), name: z.string() });

export const deployCheck = defineCommand({
  path: 'deploy check',
  summary: 'Read a subscription and say what a deployment would fail at, each with its fix',
  details: [
    'Reads resource providers, region and zones, quotas and limits, names, resource groups and locks, policies that deny, your own rights, and the HSMs: state, region, network, protection. It changes nothing and reads no key.',
    'Exit code 1 when something would fail, 2 when something could not be read; warnings do not count. A policy is judged by the types and the region of what is made; where it asks for more, az deployment group what-if says what it refuses.',
  ],
  format: 'table',
  options: OPTIONS,
  examples: [
    'hsm-warden deploy check --parameters parameters.json',
    'hsm-warden deploy check --subscription 00000000-0000-0000-0000-000000000000 --resource-group rg-warden --location westeurope -o json',
  ],
  schema: Schema,
  async run(context, given) {
    const target = await readTarget(given, context.environment);
    const url = given.resourceManager ?? CLOUDS[given.cloud ?? 'AzureCloud'].resourceManager;
    const connection = await connect(context, { ...given, emulator: undefined });
    keepLocal(connection, url);
    const { credential, caPem } = connection;
    const { clock, signal } = context;
    // Without a token nothing can be read: then the command says how to sign in.
    await credential.getToken(`${url.replace(/\/+$/, '')}/.default`, { abortSignal: signal });
    const arm = new ResourceManager({
      url,
      credential,
      clock,
      signal,
      ...definedOnly({ caPem }),
    });
    return showFindings(await examine(arm, target), context);
  },
});

/** One after the other, so that a reader sees them in the order in which they matter. */
async function examine(arm: ResourceManager, target: Target): Promise<readonly Finding[]> {
  const survey = await openSurvey(arm, target);
  const findings = [...(await checkSubscription(survey))];
  // Without the subscription nothing else can be read.
  if (findings.some(({ result }) => result !== 'ok')) return findings;
  findings.push(...judgeParameters(target));
  const checks = [
    checkProviders,
    checkRegion,
    checkGroups,
    checkNames,
    checkQuotas,
    checkLimits,
    checkPolicies,
  ];
  for (const check of checks) {
    findings.push(...(await check(survey)));
  }
  for (const hsm of target.hsms) findings.push(...(await checkHsm(survey, hsm)));
  return findings;
}

async function openSurvey(arm: ResourceManager, target: Target): Promise<Survey> {
  const { subscriptionId, resourceGroup, backupResourceGroup, newHsm } = target;
  const names = [resourceGroup, backupResourceGroup, ...(newHsm ? [newHsm.resourceGroup] : [])];
  // Together: where nothing answers, each of these waits as long as the others.
  const [lists, group, rights] = await Promise.all([
    Promise.all(
      names.map((name) => arm.list(`${groupId(subscriptionId, name)}/resources`, '2021-04-01', Resource)),
    ),
    arm.get(groupId(subscriptionId, resourceGroup), '2021-04-01', Group),
    readRights(arm, `/subscriptions/${subscriptionId}`),
  ]);
  const existing = new Map<string, readonly ExistingResource[]>();
  for (const [index, name] of names.entries()) {
    const list = lists[index];
    if (list?.kind === 'ok') existing.set(name.toLowerCase(), list.value);
  }
  const groupRegion = group.kind === 'ok' ? regionName(group.value.location) : target.groupLocation;
  return {
    arm,
    target,
    region: target.location ?? groupRegion,
    existing,
    subscriptionRights: rights.kind === 'ok' ? rights.value : undefined,
  };
}

function judgeParameters(target: Target): readonly Finding[] {
  const { hsms, newHsm, clientId, receivers } = target;
  const named = [...hsms, ...(newHsm === undefined ? [] : [newHsm])].map(({ name }) => name);
  const nobody = named.length === 0 || named.includes('change-me');
  return [
    nobody
      ? fail('parameters', 'hsms', 'no HSM is named', 'azd env set HSM_WARDEN_HSM_NAMES contoso,fabrikam')
      : ok('parameters', 'hsms', named.join(', ')),
    clientId === undefined || clientId === NO_CLIENT
      ? fail(
          'parameters',
          'entra',
          'no Entra application is named',
          'infra/hooks/entra-app.sh NAME, then azd env set HSM_WARDEN_ENTRA_CLIENT_ID ID',
        )
      : ok('parameters', 'entra', clientId),
    receivers === 0
      ? fail(
          'parameters',
          'alertReceivers',
          'nobody would hear an alert',
          'azd env set HSM_WARDEN_ALERT_EMAILS oncall@example.com',
        )
      : ok('parameters', 'alertReceivers', `${receivers}`),
    ...(target.privateNetworking
      ? []
      : [
          warn(
            'parameters',
            'privateNetworking',
            'everything is reached through public endpoints',
            'For production leave it on.',
          ),
        ]),
  ];
}
