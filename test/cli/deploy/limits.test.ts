/** Limits of the subscription, and the types that policies are asked about, against what the template makes. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkLimits, LIMITS } from '../../../src/cli/deploy/check-limits.ts';
import { HSM_TYPES, NETWORK_TYPES, RESOURCE_TYPES } from '../../../src/cli/deploy/resource-types.ts';
import { list, refused } from './support/fake-arm.ts';
import { SUB } from './support/ready-subscription.ts';
import { surveys } from './support/surveys.ts';

const surveyOf = surveys();

/** The types of what a template makes, by its prediction. */
function typesIn(prediction: string): readonly string[] {
  const text = readFileSync(`infra/tests/${prediction}.snapshot.json`, 'utf8');
  return [...text.matchAll(/^ {6}"type": "([^"]+)"/gm)].map(([, type = '']) => type);
}

const SNAPSHOT = typesIn('defaults');

describe('deploy check reads limits', () => {
  const rules = (count: number, group = 'other') =>
    list(
      Array.from({ length: count }, (_none, index) => ({
        id: `${SUB}/resourceGroups/${group}/providers/Microsoft.Insights/activityLogAlerts/${index}`,
        location: 'Global',
      })),
      40,
    );
  const path = `GET ${SUB}/providers/Microsoft.Insights/activityLogAlerts`;

  it.each([
    { name: 'just enough', table: rules(86), result: 'ok' },
    { name: 'one too few', table: rules(87), result: 'fail' },
    { name: 'none, but those there are its own', table: rules(100, 'rg-warden'), result: 'ok' },
    { name: 'an answer that is refused', table: refused(403, 'AuthorizationFailed'), result: 'unknown' },
  ])('and says whether they hold: $name', async ({ table, result }) => {
    const findings = await checkLimits(await surveyOf({ [path]: table }));

    expect(findings.find(({ subject }) => subject === 'activity log alert rules')?.result).toBe(result);
  });

  it('counts topics of the region only', async () => {
    const topics = Array.from({ length: 100 }, (_none, index) => ({
      id: `${SUB}/resourceGroups/x/providers/Microsoft.EventGrid/topics/${index}`,
      location: 'North Europe',
    }));
    const survey = await surveyOf({ [`GET ${SUB}/providers/Microsoft.EventGrid/topics`]: list(topics) });

    expect((await checkLimits(survey)).map(({ result }) => result)).not.toContain('fail');
  });

  it.each(LIMITS.map((limit) => [limit.path, limit] as const))(
    'asks for room for all that the template makes: %s',
    async (type, limit) => {
      const made = SNAPSHOT.filter((one) => one === type).length;

      expect(made).toBeGreaterThan(0);
      expect(limit.needs(await surveyOf({}))).toBeGreaterThanOrEqual(made);
    },
  );

  it.each(
    LIMITS.filter(({ what }) => what.endsWith('alert rules')).map((limit) => [limit.what, limit] as const),
  )(
    'asks for room for exactly the %s of the deployment, its drills and its sealing vault',
    async (_what, limit) => {
      // The largest deployment has drills, and with them log search rules more; of the others, those for more HSMs than one.
      const deployed = limit.path === 'Microsoft.Insights/scheduledQueryRules' ? 'max' : 'defaults';
      const made = [deployed, 'sealing-vault'].flatMap(typesIn).filter((type) => type === limit.path);

      expect(limit.needs(await surveyOf({}))).toBe(made.length);
    },
  );
});

describe('the types that policies are asked about', () => {
  it('are those that the template makes', () => {
    const made = new Set(SNAPSHOT);

    expect([...made].sort()).toEqual([...Object.keys({ ...RESOURCE_TYPES, ...NETWORK_TYPES })].sort());
    expect(Object.keys(HSM_TYPES)).toEqual(['Microsoft.KeyVault/managedHSMs']);
  });
});
