/** Policies of a landing zone, read from an endpoint that answers as Azure does. */
import { describe, expect, it } from 'vitest';
import { checkPolicies } from '../../../src/cli/deploy/check-policies.ts';
import { type ArmTable, list, refused } from './support/fake-arm.ts';
import { BACKUPS, GROUP, SUB } from './support/ready-subscription.ts';
import { surveys } from './support/surveys.ts';

const surveyOf = surveys();

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
