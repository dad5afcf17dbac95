/** Policies of a landing zone and limits of the subscription, read from an endpoint that answers as Azure does. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ResourceManager } from '../../../src/adapters/arm/resource-manager.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { checkLimits, LIMITS } from '../../../src/cli/deploy/check-limits.ts';
import { checkPolicies } from '../../../src/cli/deploy/check-policies.ts';
import { judgeCondition } from '../../../src/cli/deploy/policy-rule.ts';
import { HSM_TYPES, NETWORK_TYPES, RESOURCE_TYPES } from '../../../src/cli/deploy/resource-types.ts';
import type { Survey } from '../../../src/cli/deploy/survey.ts';
import { readTarget } from '../../../src/cli/deploy/target.ts';
import { type ArmTable, type FakeArm, list, refused, startFakeArm, TOKEN } from './support/fake-arm.ts';
import { BACKUPS, ENVIRONMENT, GROUP, READY, SUB } from './support/ready-subscription.ts';

let arm: FakeArm;
beforeAll(async () => {
  arm = await startFakeArm();
});
afterAll(() => arm.close());

async function surveyOf(changes: ArmTable, existing = ['rg-warden', 'rg-warden-backups']): Promise<Survey> {
  arm.table = { ...READY, ...changes };
  const credential = { getToken: async () => ({ token: TOKEN, expiresOnTimestamp: 4_102_444_800_000 }) };
  return {
    arm: new ResourceManager({
      url: arm.url,
      caPem: arm.caPem,
      credential,
      clock: systemClock,
      retries: 0,
      signal: AbortSignal.timeout(60_000),
    }),
    target: await readTarget({}, ENVIRONMENT),
    region: 'westeurope',
    existing: new Map(existing.map((name) => [name, []])),
    subscriptionRights: undefined,
  };
}

const DEFINITIONS = '/providers/Microsoft.Authorization/policyDefinitions';
const SETS = '/providers/Microsoft.Authorization/policySetDefinitions';
const ASSIGNMENTS = 'providers/Microsoft.Authorization/policyAssignments';

function assigned(policyDefinitionId: string, more: object = {}) {
  return { name: 'a', properties: { displayName: 'Landing zone', policyDefinitionId, ...more } };
}

/** A rule; made of pairs, since an object with a member `then` is taken for a promise. */
function rule(condition: object, effect: string) {
  return Object.fromEntries([
    ['if', condition],
    ['then', { effect }],
  ]);
}

/** Allowed regions, as Azure's own policy says it. */
const REGIONS = {
  body: {
    name: 'regions',
    properties: {
      displayName: 'Allowed locations',
      parameters: { listOfAllowedLocations: {} },
      mode: 'Indexed',
      policyRule: rule(
        {
          allOf: [
            { field: 'location', notIn: "[parameters('listOfAllowedLocations')]" },
            { field: 'location', notEquals: 'global' },
            { field: 'type', notEquals: 'Microsoft.AzureActiveDirectory/b2cDirectories' },
          ],
        },
        'deny',
      ),
    },
  },
};

function definition(condition: object, effect = 'Deny', parameters: object = {}) {
  return {
    body: {
      name: 'p',
      properties: {
        displayName: 'A policy',
        parameters,
        policyRule: rule(condition, effect),
      },
    },
  };
}

/** What is found with this policy assigned to the group of the deployment. */
async function found(assignment: object, more: ArmTable) {
  const findings = await checkPolicies(
    await surveyOf({ [`GET ${GROUP}/${ASSIGNMENTS}`]: list([assignment]), ...more }),
  );
  return findings.filter(({ subject }) => subject === 'rg-warden');
}

describe('deploy check reads policies', () => {
  it.each([
    { name: 'the region is not allowed', regions: ['northeurope'], result: 'fail' },
    { name: 'the region is allowed, as the portal spells it', regions: ['West Europe'], result: 'ok' },
  ])('and says what they deny when $name', async ({ regions, result }) => {
    const parameters = { listOfAllowedLocations: { value: regions } };
    const findings = await found(assigned(`${DEFINITIONS}/regions`, { parameters }), {
      [`GET ${DEFINITIONS}/regions`]: REGIONS,
    });

    expect(findings.map((one) => one.result)).toEqual([result]);
    if (result === 'fail') expect(findings[0]?.detail).toMatch(/"Allowed locations".*"Landing zone"/);
  });

  it.each([
    { name: 'a type that is made', type: 'Microsoft.Storage/storageAccounts', results: ['fail'] },
    { name: 'a type that is not made', type: 'Microsoft.Compute/virtualMachines', results: ['ok'] },
    { name: 'a family of types', type: 'Microsoft.EventHub/*', like: true, results: ['fail'] },
  ])('that deny $name', async ({ type, like, results }) => {
    const condition = { field: 'type', [like ? 'like' : 'equals']: type };
    const findings = await found(assigned(`${DEFINITIONS}/p`), {
      [`GET ${DEFINITIONS}/p`]: definition(condition),
    });

    expect(findings.map(({ result }) => result)).toEqual(results);
  });

  it('that deny a type of some kind: a warning, for it depends on more than type and region', async () => {
    const condition = {
      allOf: [
        { field: 'type', equals: 'Microsoft.Storage/storageAccounts' },
        { field: 'Microsoft.Storage/storageAccounts/minimumTlsVersion', notEquals: 'TLS1_3' },
      ],
    };
    const [finding] = await found(assigned(`${DEFINITIONS}/p`), {
      [`GET ${DEFINITIONS}/p`]: definition(condition),
    });

    expect(finding).toMatchObject({ result: 'warn', fix: expect.stringContaining('what-if') });
    expect(finding?.detail).toContain('Microsoft.Storage/storageAccounts of some kinds');
  });

  it.each([
    { name: 'only reports', assignment: assigned(`${DEFINITIONS}/p`), effect: 'Audit' },
    {
      name: 'is not enforced',
      assignment: assigned(`${DEFINITIONS}/p`, { enforcementMode: 'DoNotEnforce' }),
    },
    { name: 'leaves the group out', assignment: assigned(`${DEFINITIONS}/p`, { notScopes: [GROUP] }) },
    {
      name: 'is switched off by its assignment',
      assignment: assigned(`${DEFINITIONS}/p`, { parameters: { effect: { value: 'Disabled' } } }),
      effect: "[parameters('effect')]",
    },
  ])('and heeds none that $name', async ({ assignment, effect }) => {
    const condition = { field: 'type', equals: 'Microsoft.Storage/storageAccounts' };
    const findings = await found(assignment, { [`GET ${DEFINITIONS}/p`]: definition(condition, effect) });

    expect(findings.map(({ result }) => result)).toEqual(['ok']);
  });

  it('through initiatives, with the values that they and their assignment give', async () => {
    const condition = { field: 'type', in: "[parameters('types')]" };
    const declared = { types: { defaultValue: [] }, effect: { defaultValue: 'Deny' } };
    const initiative = {
      body: {
        properties: {
          parameters: { denied: { defaultValue: ['Microsoft.Web/sites'] } },
          policyDefinitions: [
            {
              policyDefinitionId: `${DEFINITIONS}/p`,
              parameters: { types: { value: "[parameters('denied')]" } },
            },
            // Only reports, so its definition is not asked for.
            { policyDefinitionId: `${DEFINITIONS}/none`, parameters: { effect: { value: 'Audit' } } },
          ],
        },
      },
    };
    const [finding, ...others] = await found(assigned(`${SETS}/s`), {
      [`GET ${SETS}/s`]: initiative,
      [`GET ${DEFINITIONS}/p`]: definition(condition, "[parameters('effect')]", declared),
    });

    expect(finding).toMatchObject({
      result: 'fail',
      detail: expect.stringMatching(/denies Microsoft.Web\/sites$/),
    });
    expect(others).toEqual([]);
  });

  it.each<[string, ArmTable]>([
    ['the list', { [`GET ${GROUP}/${ASSIGNMENTS}`]: refused(403, 'AuthorizationFailed') }],
    ['a definition', { [`GET ${GROUP}/${ASSIGNMENTS}`]: list([assigned(`${DEFINITIONS}/gone`)]) }],
    ['an initiative', { [`GET ${GROUP}/${ASSIGNMENTS}`]: list([assigned(`${SETS}/gone`)]) }],
  ])('and says that %s could not be read', async (_what, changes) => {
    const findings = await checkPolicies(await surveyOf(changes));

    expect(findings.filter(({ subject }) => subject === 'rg-warden').map(({ result }) => result)).toEqual([
      'unknown',
    ]);
  });

  it('of the subscription where the group is not there yet', async () => {
    const survey = await surveyOf(
      {
        [`GET ${SUB}/${ASSIGNMENTS}`]: list([assigned(`${DEFINITIONS}/p`)]),
        [`GET ${DEFINITIONS}/p`]: definition({ field: 'type', equals: 'Microsoft.Web/sites' }),
        [`GET ${BACKUPS}/${ASSIGNMENTS}`]: list([]),
      },
      ['rg-warden-backups'],
    );

    expect((await checkPolicies(survey)).map(({ result }) => result)).toEqual(['fail', 'ok']);
  });
});

describe('the condition of a policy', () => {
  const site = { type: 'Microsoft.Web/sites', location: 'westeurope' };
  it.each([
    [
      {
        anyOf: [
          { field: 'kind', equals: 'x' },
          { field: 'type', equals: site.type },
        ],
      },
      true,
    ],
    [
      {
        anyOf: [
          { field: 'kind', equals: 'x' },
          { field: 'type', equals: 'other' },
        ],
      },
      undefined,
    ],
    [
      {
        allOf: [
          { field: 'kind', equals: 'x' },
          { field: 'type', equals: 'other' },
        ],
      },
      false,
    ],
    [{ not: { field: 'type', equals: 'other' } }, true],
    [{ not: { field: 'kind', equals: 'other' } }, undefined],
    [{ field: 'type', notLike: 'Microsoft.Web/*' }, false],
    [{ field: 'location', exists: 'false' }, false],
    [{ value: "[resourceGroup().tags['x']]", equals: 'y' }, undefined],
    [{ count: { field: 'x' }, greater: 0 }, undefined],
    [{ field: 'location', equals: "[concat('west', 'europe')]" }, undefined],
    ['nonsense', undefined],
  ])('%j is %s', (condition, verdict) => {
    expect(judgeCondition(condition, site, new Map())).toBe(verdict);
  });
});

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
    { name: 'just enough', table: rules(90), result: 'ok' },
    { name: 'one too few', table: rules(91), result: 'fail' },
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
});

/** The types of what the template makes, by its prediction with the defaults. */
const SNAPSHOT = [
  ...readFileSync('infra/tests/defaults.snapshot.json', 'utf8').matchAll(/^ {6}"type": "([^"]+)"/gm),
].map(([, type = '']) => type);

describe('the types that policies are asked about', () => {
  it('are those that the template makes', () => {
    const made = new Set(SNAPSHOT);

    expect([...made].sort()).toEqual([...Object.keys({ ...RESOURCE_TYPES, ...NETWORK_TYPES })].sort());
    expect(Object.keys(HSM_TYPES)).toEqual(['Microsoft.KeyVault/managedHSMs']);
  });
});
