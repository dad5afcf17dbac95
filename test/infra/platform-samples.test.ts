import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  metricSample,
  reportedChanges,
  reportsChange,
  reportsMetric,
} from '../../tools/infra/alerts/platform-samples.ts';
import { PUBLIC_CLOUD } from '../../tools/infra/clouds.ts';
import { evaluated } from '../../tools/infra/evaluated.ts';
import { ofType, Snapshot } from '../../tools/infra/snapshot.ts';

const RULES = ['defaults', 'max'].flatMap((set) => {
  const stored = JSON.parse(readFileSync(`infra/tests/${set}.snapshot.json`, 'utf8'));
  const snapshot = evaluated(Snapshot.parse(stored), PUBLIC_CLOUD);
  const named = (type: string) =>
    ofType(snapshot, type).map((rule) => ({ name: `${rule.name} of ${set}`, rule }));
  return [
    {
      changes: named('Microsoft.Insights/activityLogAlerts'),
      metrics: named('Microsoft.Insights/metricAlerts'),
    },
  ];
});

describe('a rule over the activity log', () => {
  it.each(RULES.flatMap(({ changes }) => changes))(
    'reports what it watches, and nothing else: $name',
    ({ rule }) => {
      const changes = reportedChanges(rule);

      expect(changes.length).toBeGreaterThan(0);
      for (const change of changes) {
        const { resourceId } = change;
        expect(reportsChange(rule, change)).toBe(true);
        expect(reportsChange(rule, { ...change, resourceId: `${resourceId}/providers/x/y/z` })).toBe(true);
        for (const other of [
          { status: 'Failed' },
          { category: 'Policy' },
          { operationName: 'Microsoft.Resources/tags/write' },
          { resourceId: `${resourceId}-of-others` },
        ])
          expect(reportsChange(rule, { ...change, ...other })).toBe(false);
      }
    },
  );
});

describe('a rule over a metric', () => {
  it.each(RULES.flatMap(({ metrics }) => metrics))('reports beyond its threshold only: $name', ({ rule }) => {
    const { reported, silent } = metricSample(rule);

    expect([reportsMetric(rule, reported), reportsMetric(rule, silent)]).toEqual([true, false]);
  });
});
