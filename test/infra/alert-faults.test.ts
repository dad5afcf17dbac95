/** Each rule over the logs, one by one: what would make it say nothing, too little or too late is found. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ALERTS } from '../../tools/infra/alerts/catalogue.ts';
import { diagnosticsOf } from '../../tools/infra/alerts/kql-check.ts';
import { TABLES, type TableName } from '../../tools/infra/alerts/tables.ts';
import { filled, trySamples } from '../../tools/infra/alerts/try-samples.ts';
import { PUBLIC_CLOUD } from '../../tools/infra/clouds.ts';
import { evaluated } from '../../tools/infra/evaluated.ts';
import { PARAMETER_SETS } from '../../tools/infra/parameter-sets.ts';
import { checkSealingVault } from '../../tools/infra/rules/sealing-vault.ts';
import { violations } from '../../tools/infra/rules/violations.ts';
import { type JsonValue, type Resource, Snapshot, texts } from '../../tools/infra/snapshot.ts';
import { withChanged } from './mutate.ts';

const SNAPSHOTS = {
  product: predictionOf('defaults'),
  drill: predictionOf('hardened'),
  seals: predictionOf('sealing-vault'),
};

function predictionOf(name: string): Snapshot {
  const stored = JSON.parse(readFileSync(`infra/tests/${name}.snapshot.json`, 'utf8'));
  return evaluated(Snapshot.parse(stored), PUBLIC_CLOUD);
}

/** What is found of the rule `name` once the value at `path` of its properties is another. */
function foundWith(name: string, path: string, value: JsonValue): readonly string[] {
  const changed = withChanged(snapshotOf(name), ruleOf(name), ['properties', ...path.split('.')], value);
  const { madeBy } = ALERTS[name] ?? {};
  if (madeBy === 'seals') return checkSealingVault(changed);
  const promise = PARAMETER_SETS[madeBy === 'drill' ? 'hardened' : 'defaults'];
  if (promise === undefined) throw new Error(`no parameter set for ${name}`);
  return violations(changed, promise);
}

function snapshotOf(name: string): Snapshot {
  return SNAPSHOTS[ALERTS[name]?.madeBy ?? 'product'];
}

function ruleOf(name: string): Resource {
  const rule = snapshotOf(name).predictedResources.find((one) =>
    one.name.startsWith(`alert-${name}-warden-`),
  );
  if (rule === undefined) throw new Error(`no rule ${name} is made`);
  return rule;
}

/** The query as it is deployed. */
function queryOf(name: string): string {
  const found = [...texts(ruleOf(name).properties)].find(([path]) => path === '/criteria/allOf/0/query');
  if (found === undefined) throw new Error(`the rule ${name} has no query`);
  return found[1];
}

const RULES = Object.keys(ALERTS);
const QUERY = 'criteria.allOf.0.query';

const VALUES: readonly (readonly [fault: string, path: string, value: JsonValue])[] = [
  ['disabled', 'enabled', false],
  ['deaf', 'actions.actionGroups', []],
  ['of no weight', 'severity', 4],
  ['slow', 'evaluationFrequency', 'P2D'],
  ['lumped together', 'criteria.allOf.0.dimensions', []],
  ['content with some', 'criteria.allOf.0.threshold', 5],
  ['patient', 'criteria.allOf.0.failingPeriods.minFailingPeriodsToAlert', 2],
  ['of a narrow window', 'windowSize', 'PT5M'],
  ['of a narrow range', 'overrideQueryTimeRange', 'PT5M'],
];

/** What a query must read of each table, and what it could read by mistake. */
const MISREAD: Readonly<Record<TableName, readonly [from: string, to: string]>> = {
  AppTraces: ['parse_json(Message)', 'parse_json(OperationName)'],
  AppRequests: ['where Name', 'where AppRoleName'],
  StorageBlobLogs: ['StorageBlobLogs\n| ', 'StorageBlobLogs\n| where isempty(OperationName)\n| '],
  StorageQueueLogs: ['StorageQueueLogs\n| ', 'StorageQueueLogs\n| where isempty(OperationName)\n| '],
  AzureDiagnostics: ["column_ifexists('requestUri_s'", "column_ifexists('uri_s'"],
  AZKVAuditLogs: [
    '(AZKVAuditLogs\n| project TimeGenerated,',
    '(AZKVAuditLogs\n| where isempty(RequestUri)\n| project TimeGenerated,',
  ],
};

const BLIND = RULES.flatMap((name) => {
  const query = queryOf(name);
  const read = Object.keys(TABLES).filter((table): table is TableName =>
    new RegExp(`^\\(?${table}\\b`, 'm').test(query),
  );
  return [
    ...read.map((table) => [name, `another table than ${table}`, table, `${table}Old`] as const),
    ...read.map((table) => [name, `another field of ${table}`, ...MISREAD[table]] as const),
    [name, 'another subject', 'Subject', 'Object'] as const,
  ];
});

// The first judgement loads the language service and tries every sample; later ones know what it found.
beforeAll(() => {
  foundWith('no-heartbeat', 'enabled', false);
}, 300_000);

describe('a rule over the logs is found that is', () => {
  const cases = RULES.flatMap((name) => VALUES.map(([fault, ...rest]) => [fault, name, ...rest] as const));
  it.each(cases)('%s: %s', (_fault, name, path, value) => {
    expect(foundWith(name, path, value)).not.toEqual([]);
  });

  it.each(BLIND)('blind: %s, with %s', (name, _what, from, to) => {
    const written = readFileSync(`infra/queries/${name}.kql`, 'utf8');
    const blind = written.replaceAll(from, to);

    expect(written).toContain(from);
    expect([...trySamples(name, blind), ...diagnosticsOf(filled(blind))]).not.toEqual([]);
  });

  it.each(RULES)('another query than the one that is judged: %s', (name) => {
    expect(foundWith(name, QUERY, `${queryOf(name)}\n| where Subject != 'x'`)).not.toEqual([]);
  });

  it.each(RULES)('narrower than its promise: %s', (name) => {
    const query = queryOf(name);
    const narrow = query.replaceAll(/> ago\([^)]+\)/g, '> ago(1m)');

    expect(narrow).not.toBe(query);
    expect(foundWith(name, QUERY, narrow)).not.toEqual([]);
  });
});

describe('a row that is ten minutes late', () => {
  const about = (rule: string, problem: string) => expect.stringMatching(new RegExp(`${rule}: ${problem}`));

  it('is in the next look of a rule, or the rule is refused', () => {
    expect(foundWith('key-deleted', 'evaluationFrequency', 'PT10M')).toContainEqual(
      about('key-deleted', 'is asked every 10 minutes, which leaves gaps'),
    );
  });

  it.each(['key-deleted', 'key-unprotected', 'backup-store-touched', 'key-brought-back-unapproved'])(
    'counts in the window of %s, or the rule is refused',
    (name) => {
      const { everyMinutes = 0, lookBackMinutes = 0 } = ALERTS[name] ?? {};

      expect(foundWith(name, 'windowSize', `PT${everyMinutes}M`)).toContainEqual(
        about(name, `has a window of ${everyMinutes} minutes, and answers of ${lookBackMinutes} count`),
      );
    },
  );
});
