/** What of a policy's condition can be judged without Azure: true, false, or unknown. */
import { describe, expect, it } from 'vitest';
import { judgeCondition } from '../../../src/cli/deploy/policy-rule.ts';

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
