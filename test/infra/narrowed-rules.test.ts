/** Every rule, made narrower in every way that its query or its condition can be: the samples, or the rules over the deployment, find it. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ALERTS } from '../../tools/infra/alerts/catalogue.ts';
import { parseQuery } from '../../tools/infra/alerts/kql-parse.ts';
import { filled, tryQuery } from '../../tools/infra/alerts/try-samples.ts';
import { PUBLIC_CLOUD } from '../../tools/infra/clouds.ts';
import { evaluated } from '../../tools/infra/evaluated.ts';
import { PARAMETER_SETS } from '../../tools/infra/parameter-sets.ts';
import { violations } from '../../tools/infra/rules/violations.ts';
import { type JsonValue, ofType, type Resource, Snapshot } from '../../tools/infra/snapshot.ts';
import { withChanged } from './mutate.ts';
import { narrowings } from './support/narrowings.ts';

const QUERIES = Object.keys(ALERTS).flatMap((name) =>
  narrowings(parseQuery(filled(readFileSync(`infra/queries/${name}.kql`, 'utf8')))).map(
    ({ what, query }) => [name, what, query] as const,
  ),
);

describe('a query that is narrower than its promise is found', () => {
  it('in every rule', () => {
    expect([...new Set(QUERIES.map(([name]) => name))].sort()).toEqual(Object.keys(ALERTS).sort());
  });

  it.each(QUERIES)('%s: %s', (name, _what, query) => {
    const alert = ALERTS[name];

    expect(alert && tryQuery(alert, query).problems).not.toEqual([]);
  });
});

const SETS = ['defaults', 'max', 'platform'].map((name) => {
  const promise = PARAMETER_SETS[name];
  if (promise === undefined) throw new Error(`no parameter set ${name}`);
  const stored = JSON.parse(readFileSync(`infra/tests/${name}.snapshot.json`, 'utf8'));
  return { name, promise, snapshot: evaluated(Snapshot.parse(stored), PUBLIC_CLOUD) };
});

type Narrowing = readonly [what: string, path: string, value: (old: JsonValue[]) => JsonValue];

const OF_CHANGES: readonly Narrowing[] = [
  ['of one operation fewer', 'condition.allOf.2.anyOf', (old) => old.slice(1)],
  [
    'of no operation but the first',
    'condition.allOf.2.anyOf',
    (old) => [...old.slice(0, 1), ...old.slice(0, 1)],
  ],
  ['of failures only', 'condition.allOf.1.equals', () => 'Failed'],
  [
    'of one caller',
    'condition.allOf',
    (old) => [...old, { field: 'caller', equals: 'somebody@contoso.example' }],
  ],
  ['of one group', 'condition.allOf', (old) => [...old, { field: 'resourceGroup', equals: 'rg-warden' }]],
  ['of one resource', 'scopes', (old) => old.map((scope) => `${String(scope)}/providers/x/y/z`)],
  ['of one scope fewer', 'scopes', (old) => old.slice(1)],
  ['disabled', 'enabled', () => false],
  ['deaf', 'actions.actionGroups', () => []],
];

const OF_METRICS: readonly Narrowing[] = [
  [
    'of one dimension',
    'criteria.allOf.0.dimensions',
    () => [{ name: 'x', operator: 'Include', values: ['y'] }],
  ],
  ['of another metric', 'criteria.allOf.0.metricName', () => 'PublishSuccessCount'],
  ['of more', 'criteria.allOf.0.threshold', () => -1],
  ['of much more', 'criteria.allOf.0.threshold', () => 1000],
  ['of a shorter time', 'windowSize', () => 'PT1M'],
  ['slow', 'evaluationFrequency', () => 'PT1H'],
  ['disabled', 'enabled', () => false],
  ['deaf', 'actions', () => []],
];

function casesOf(type: string, narrowed: readonly Narrowing[]) {
  return SETS.flatMap((set) =>
    ofType(set.snapshot, type).flatMap((rule) =>
      narrowed.map(([what, ...rest]) => [`${set.name}: ${rule.name}`, what, set, rule, ...rest] as const),
    ),
  );
}

function valueAt({ properties }: Resource, path: readonly string[]): JsonValue[] {
  let value: JsonValue = JSON.parse(JSON.stringify(properties ?? null));
  for (const name of path) {
    if (Array.isArray(value)) value = value[Number(name)] ?? null;
    else value = (value !== null && typeof value === 'object' ? value[name] : undefined) ?? null;
  }
  return Array.isArray(value) ? value : [value];
}

describe('a rule that is narrower than it is promised is found', () => {
  // The first judgement loads the language service and tries every sample; later ones know what it found.
  beforeAll(() => {
    for (const { snapshot, promise } of SETS) violations(snapshot, promise);
  }, 300_000);

  it.each([
    ...casesOf('Microsoft.Insights/activityLogAlerts', OF_CHANGES),
    ...casesOf('Microsoft.Insights/metricAlerts', OF_METRICS),
  ])('%s %s', (_rule, _what, { snapshot, promise }, rule, path, value) => {
    const steps = path.split('.');
    const changed = withChanged(snapshot, rule, ['properties', ...steps], value(valueAt(rule, steps)));

    expect(violations(changed, promise)).not.toEqual([]);
  });
});
