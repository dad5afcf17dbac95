import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { APPS } from '../../tools/apps.ts';
import { PUBLIC_CLOUD } from '../../tools/infra/clouds.ts';
import { checkSettings } from '../../tools/infra/contract.ts';
import { evaluated } from '../../tools/infra/evaluated.ts';
import { PARAMETER_SETS } from '../../tools/infra/parameter-sets.ts';
import type { DeploymentPromise } from '../../tools/infra/promise.ts';
import { violations } from '../../tools/infra/rules/violations.ts';
import { type JsonValue, type Resource, Snapshot } from '../../tools/infra/snapshot.ts';
import { checkStatePaths } from '../../tools/infra/state-paths.ts';
import { leaves, withChanged } from './mutate.ts';
import { PLANTED_FAULTS } from './planted-faults.ts';

/** The predictions of the compiler; test/infra/bicep compares them with what the compiler says today. */
const SETS = new Map(
  Object.entries(PARAMETER_SETS).map(([name, promise]) => {
    const stored = JSON.parse(readFileSync(`infra/tests/${name}.snapshot.json`, 'utf8'));
    return [name, { promise, snapshot: evaluated(Snapshot.parse(stored), PUBLIC_CLOUD) }] as const;
  }),
);

function predictionOf(name: string): { readonly promise: DeploymentPromise; readonly snapshot: Snapshot } {
  const found = SETS.get(name);
  if (found === undefined) throw new Error(`no parameter set ${name}`);
  return found;
}

function judged(snapshot: Snapshot, promise: DeploymentPromise): readonly string[] {
  return [
    ...violations(snapshot, promise),
    ...checkStatePaths(snapshot),
    ...APPS.filter(({ name }) => name !== 'drill' || promise.drills.length > 0).flatMap(({ name }) =>
      checkSettings(snapshot, name),
    ),
  ];
}

describe('the rules', () => {
  it.each([...SETS.keys()])('find nothing wrong with the parameters %s', (name) => {
    const { snapshot, promise } = predictionOf(name);

    expect(judged(snapshot, promise)).toEqual([]);
  });

  it.each(PLANTED_FAULTS)('refuse $name', ({ type, of = '', path, value, set = 'defaults' }) => {
    const { snapshot, promise } = predictionOf(set);
    const resource = snapshot.predictedResources.find(
      (one) => one.type.endsWith(type) && `${one.id} ${one.name}`.includes(of),
    );
    const [members = '', last] = path.split('|');
    const steps = [...members.split('.'), ...(last === undefined ? [] : [last])];

    expect(resource, 'the fault names no resource').toBeDefined();
    expect(resource && judged(withChanged(snapshot, resource, steps, value), promise)).not.toEqual([]);
  });

  it.each(['defaults', 'max', 'hardened', 'platform'])(
    'miss no resource of %s that is left out, or made twice',
    (name) => {
      const { snapshot, promise } = predictionOf(name);
      const unnoticed = snapshot.predictedResources.filter((one) => {
        const others = snapshot.predictedResources.filter((other) => other !== one);
        const twice = [...snapshot.predictedResources, { ...one }];
        return [others, twice].some(
          (predictedResources) => judged({ ...snapshot, predictedResources }, promise).length === 0,
        );
      });

      expect(
        unnoticed.map(({ type, name: own }) => `${type} ${own}`).filter((one) => !one.includes('/queues ')),
      ).toEqual([]);
    },
  );

  it.each(['defaults', 'max'])('miss no value of %s that is changed', (name) => {
    const { snapshot, promise } = predictionOf(name);
    const unnoticed = snapshot.predictedResources
      // Queues are held against what the code listens on, in the contract.
      .filter(({ type }) => !type.endsWith('queueServices/queues'))
      .filter(firstOfItsKind())
      .flatMap((resource) => {
        const { id: _id, type: _type, apiVersion: _version, ...body } = resource;
        return [...leaves(JSON.parse(JSON.stringify(body)))]
          .filter(([path]) => !isFree(path.join('.')))
          .filter(([path, value]) => {
            const spoilt = withChanged(snapshot, resource, path, spoil(value));
            return judged(spoilt, promise).length === 0;
          })
          .map(([path]) => `${resource.type} ${resource.name}: ${path.join('.')}`);
      });

    expect(unnoticed).toEqual([]);
  });
});

/** Words for people, and what an operator may choose. */
function isFree(path: string): boolean {
  return (
    /(^|\.)(description|notes|displayName|requestMessage|groupShortName|serializedData)$/.test(path) ||
    /^properties\.WARDEN_(EXCLUDE_TAGS|REFRESH_DAYS|APPROVALS|APPROVAL_GROUPS|DRILL_DAYS)$/.test(path)
  );
}

/** One resource of each type and kind of name is enough: the others are made by the same lines. */
function firstOfItsKind(): (resource: Resource) => boolean {
  const seen = new Set<string>();
  return ({ type, name, id }) => {
    const kind = `${type} ${/blobServices|appsettings|scheduledQuery/.test(type) ? name : ''} ${/providers\/Microsoft.Insights\/diag/.test(id) ? id : ''}`;
    if (seen.has(kind)) return false;
    seen.add(kind);
    return true;
  };
}

/** Another value of the same kind: the other one, a smaller number, a longer text. */
function spoil(value: string | number | boolean): JsonValue {
  if (typeof value === 'boolean') return !value;
  return typeof value === 'number' ? value - 1 : `${value}x`;
}
