import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { findBicep } from '../../tools/infra/bicep-cli.ts';
import { demanded, portalProblems } from '../../tools/infra/portal-rules.ts';

const GOOD = {
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  parameters: {
    hsms: { type: 'array', metadata: { description: 'Required.' } },
    newHsm: { type: 'object', nullable: true, metadata: { description: 'Optional.' } },
    namePrefix: { type: 'string', defaultValue: 'warden', metadata: { description: 'Optional.' } },
  },
  variables: {},
  resources: {},
  outputs: {},
};

function many(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, 'x']));
}

describe('the template for the button of the portal', () => {
  it('is fine as it should be, and demands what has no default', () => {
    expect(portalProblems(JSON.stringify(GOOD))).toEqual([]);
    expect(demanded(JSON.stringify(GOOD))).toEqual(['hsms']);
  });

  it.each<[string, object, RegExp]>([
    [
      'another scope',
      {
        $schema:
          'https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#',
      },
      /schema/,
    ],
    [
      'a parameter that the form says nothing of',
      { parameters: { hsms: { type: 'array' } } },
      /says nothing of hsms/,
    ],
    [
      'a link to another template',
      { resources: { a: { properties: { templateLink: { uri: 'https://x' } } } } },
      /another template/,
    ],
    ['65 outputs', { outputs: many(65) }, /65 outputs/],
    ['257 variables', { variables: many(257) }, /257 variables/],
    ['801 resources', { resources: many(801) }, /801 resources/],
    ['an expression that is too long', { variables: { a: `[${'x'.repeat(24_576)}]` } }, /longer than 24576/],
    ['a file that is too large', { variables: { a: 'x'.repeat(4 * 1024 * 1024) } }, /bytes/],
  ])('is refused with %s', (_what, change, problem) => {
    expect(portalProblems(JSON.stringify({ ...GOOD, ...change })).join()).toMatch(problem);
  });

  it.each([
    ['64 outputs', { outputs: many(64) }],
    ['256 variables', { variables: many(256) }],
    ['800 resources', { resources: many(800) }],
  ])('is taken with %s', (_what, change) => {
    expect(portalProblems(JSON.stringify({ ...GOOD, ...change }))).toEqual([]);
  });

  it.each(['', 'null', '[]', '{"resources":{}}'])('is refused as %j', (text) => {
    expect(portalProblems(text)).toHaveLength(1);
  });

  const bicep = findBicep(process.env);
  it.runIf(bicep !== undefined)('is what infra/main.bicep compiles to', () => {
    const built = spawnSync(bicep ?? '', ['build', 'infra/main.bicep', '--stdout'], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    expect(built.status).toBe(0);
    expect(portalProblems(built.stdout)).toEqual([]);
    expect(demanded(built.stdout)).toContain('hsms');
  });
});
