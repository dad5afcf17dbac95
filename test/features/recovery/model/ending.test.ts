/** Which ended requests people must look at. */
import { describe, expect, it } from 'vitest';
import { isProven, needsAttention } from '../../../../src/features/recovery/model/ending.ts';
import { anApprovedRequest } from '../../../support/recovery-builders.ts';

const { operation } = anApprovedRequest();
const outcome = (versions?: number, verified?: number) => ({
  ...{ result: 'succeeded' as const, step: 'done', message: 'done', warnings: [] },
  ...(versions === undefined ? {} : { versions }),
  ...(verified === undefined ? {} : { verified }),
});

describe('a request that succeeded', () => {
  it.each([
    ['every version verified', 2, 2, true],
    ['more verified than there are', 2, 3, true],
    ['one version not verified', 2, 1, false],
    ['none verified', 1, 0, false],
    ['no version', 0, 0, false],
    ['nothing known of its versions', undefined, undefined, false],
  ])('with %s', (_, versions, verified, proven) => {
    const record = { state: 'succeeded' as const, operation, outcome: outcome(versions, verified) };
    expect([isProven(record), needsAttention(record)]).toEqual([proven, !proven]);
  });

  it('in adopting a backup, brought no key back that could be verified', () => {
    const adoption = { ...operation, action: 'adopt' as const };
    expect(needsAttention({ state: 'succeeded', operation: adoption, outcome: outcome() })).toBe(false);
  });
});

it.each([
  ['failed', true],
  ['restored-other-key', true],
  ['rejected', false],
  ['cancelled', false],
  ['expired', false],
  ['executing', false],
] as const)('one that is %s needs attention: %s', (state, needs) => {
  expect(needsAttention({ state, operation })).toBe(needs);
});
