/** Checks the policies of a landing zone: which of them refuse what the deployment makes, or may. */
import { type Finding, fail, ok, unknown, warn } from '../doctor/check.ts';
import { judgeCondition } from './policy-rule.ts';
import { type DenyingPolicy, readPolicies } from './read-policies.ts';
import { HSM_TYPES, NETWORK_TYPES, type Place, RESOURCE_TYPES } from './resource-types.ts';
import { groupId, type Survey, same, unread } from './survey.ts';

const CHECK = 'policies';

/** The policies on each group of the deployment. One that is not there yet gets those of its subscription. */
export async function checkPolicies(survey: Survey): Promise<readonly Finding[]> {
  const { resourceGroup, backupResourceGroup, newHsm, privateNetworking } = survey.target;
  const types = { ...RESOURCE_TYPES, ...(privateNetworking ? NETWORK_TYPES : {}) };
  const backups = Object.entries(RESOURCE_TYPES).filter(([type]) =>
    /Storage|Authorization|diagnostic/.test(type),
  );
  const findings = [
    ...(await checkScope(survey, resourceGroup, types)),
    ...(same(resourceGroup, backupResourceGroup)
      ? []
      : await checkScope(survey, backupResourceGroup, Object.fromEntries(backups))),
    ...(newHsm === undefined ? [] : await checkScope(survey, newHsm.resourceGroup, HSM_TYPES)),
  ];
  return findings;
}

async function checkScope(
  survey: Survey,
  group: string,
  types: Readonly<Record<string, Place>>,
): Promise<readonly Finding[]> {
  const { arm, target, existing } = survey;
  const { subscriptionId } = target;
  const isThere = existing.has(group.toLowerCase());
  const scope = isThere ? groupId(subscriptionId, group) : `/subscriptions/${subscriptionId}`;
  const reading = await readPolicies(arm, scope);
  if (reading.kind !== 'ok') return [unread(CHECK, group, reading, `Reader on ${group}`)];
  const { denying, unread: missed } = reading.value;
  const judged = denying.flatMap((policy) => judge(survey, group, policy, types));
  const left =
    missed === 0
      ? []
      : [
          unknown(
            CHECK,
            group,
            `${missed} policies in force could not be read`,
            `az deployment group what-if shows what they refuse, or ask for Reader where they are defined.`,
          ),
        ];
  return judged.length + left.length > 0
    ? [...judged, ...left]
    : [ok(CHECK, group, `${denying.length} of those in force deny something, and nothing that is made`)];
}

function judge(
  survey: Survey,
  group: string,
  policy: DenyingPolicy,
  types: Readonly<Record<string, Place>>,
): readonly Finding[] {
  const seen = Object.entries(types).filter(([, place]) => !policy.indexed || place !== 'within');
  const verdicts = seen.map(([type, place]) => {
    const location = place === 'within' ? undefined : place === 'global' ? 'global' : survey.region;
    return [type, judgeCondition(policy.condition, { type, location }, policy.values)] as const;
  });
  const named = `"${policy.policy}", by the assignment "${policy.assignment}"`;
  const refused = verdicts.filter(([, verdict]) => verdict === true).map(([type]) => type);
  if (refused.length > 0) {
    const fix = `Whoever governs policies exempts the group (az policy exemption create), or choose another group or region.`;
    return [fail(CHECK, group, `${named} denies ${list(refused)}`, fix)];
  }
  const maybe = verdicts.filter(([, verdict]) => verdict === undefined).map(([type]) => type);
  if (maybe.length === 0) return [];
  const fix = `az deployment group what-if --subscription ${survey.target.subscriptionId} -g ${group} -p infra/main.bicepparam says whether it does.`;
  return [warn(CHECK, group, `${named} denies ${list(maybe)} of some kinds`, fix)];
}

function list(types: readonly string[]): string {
  const shown = types.slice(0, 3).join(', ');
  return types.length <= 3 ? shown : `${shown} and ${types.length - 3} more types`;
}
