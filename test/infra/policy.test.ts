/** The rule over the policy: silent about what is deployed, and loud about one changed value. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PUBLIC_CLOUD } from '../../tools/infra/clouds.ts';
import { evaluated } from '../../tools/infra/evaluated.ts';
import { checkPolicy } from '../../tools/infra/rules/policy.ts';
import { Snapshot } from '../../tools/infra/snapshot.ts';
import { leaves, withChanged } from './mutate.ts';

const text = readFileSync('infra/tests/hsm-diagnostics-policy.snapshot.json', 'utf8');
const predicted = evaluated(Snapshot.parse(JSON.parse(text)), PUBLIC_CLOUD);

it('says nothing about what is deployed', () => {
  expect(checkPolicy(predicted)).toEqual([]);
});

it.each([
  ['another log than the audit log', '"category":"AuditEvent"', '"category":"AllMetrics"'],
  ['a setting that is switched off', '"enabled":true', '"enabled":false'],
  ['every vault in place of Managed HSMs', '"Microsoft.KeyVault/managedHSMs"', '"Microsoft.KeyVault/vaults"'],
  ['the right to make rules', 'authorizationRules/read', 'authorizationRules/write'],
  ['a right on the whole namespace', '/authorizationRules/azure-monitor-sends/providers/', '/providers/'],
  ['the role Owner', '47be4a87-7950-4631-9daf-b664a405f074', '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'],
])('is loud about %s', (_what, find, replace) => {
  const whole = JSON.stringify(predicted);

  expect(whole).toContain(find);
  expect(checkPolicy(Snapshot.parse(JSON.parse(whole.replace(find, replace))))).not.toEqual([]);
});

it('misses no value that is changed, and no resource that is left out or made twice', () => {
  const unnoticed = predicted.predictedResources.flatMap((resource) => {
    const others = predicted.predictedResources.filter((other) => other !== resource);
    const counts = [others, [...predicted.predictedResources, { ...resource }]].filter(
      (predictedResources) => checkPolicy({ ...predicted, predictedResources }).length === 0,
    );
    const values = [...leaves(JSON.parse(JSON.stringify({ properties: resource.properties })))]
      .filter(([path]) => !/description|displayName|roleName|\$schema/.test(path.join('.')))
      .filter(([path, value]) => {
        const spoilt =
          typeof value === 'boolean' ? !value : typeof value === 'number' ? value - 1 : `x${value}`;
        return checkPolicy(withChanged(predicted, resource, path, spoilt)).length === 0;
      });
    return [
      ...counts.map(() => resource.id),
      ...values.map(([path]) => `${resource.type} ${path.join('.')}`),
    ];
  });

  expect(unnoticed).toEqual([]);
});
