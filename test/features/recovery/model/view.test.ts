/** How a request stands by the policy of today, as people see it. */
import { expect, it } from 'vitest';
import { viewOf } from '../../../../src/features/recovery/model/view.ts';
import { idFrom } from '../../../../src/features/recovery/request/one-live.ts';
import { anApprovedRequest } from '../../../support/recovery-builders.ts';

it.each([
  { name: 'the same', today: { approvals: 2, groups: [] }, missing: 0, groups: [] },
  { name: 'laxer', today: { approvals: 1, groups: [] }, missing: 0, groups: [] },
  { name: 'one more person', today: { approvals: 3, groups: [] }, missing: 1, groups: [] },
  {
    name: 'a group that nobody is in',
    today: { approvals: 2, groups: ['security'] },
    missing: 1,
    groups: ['security'],
  },
])(
  "a request never says that nothing is missing while today's policy blocks it: $name",
  ({ today, missing, groups }) => {
    const view = viewOf(anApprovedRequest(), today);

    expect(view).toMatchObject({ state: 'approved', missingApprovals: missing, missingGroups: groups });
  },
);

it.each([
  [
    ['person', 'a', 'b c'],
    ['person', 'a b', 'c'],
  ],
  [
    ['person', 'a","b', 'c'],
    ['person', 'a', 'b","c'],
  ],
  [
    ['event', 'a', 'b', 1],
    ['event', 'a', 'b1'],
  ],
])('ids made of parts are never those of other parts: %j and %j', (one, other) => {
  expect(idFrom(one)).not.toBe(idFrom(other));
});
