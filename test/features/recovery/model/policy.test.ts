/** The approval policy at its edges. */
import { describe, expect, it } from 'vitest';
import {
  ApprovalRule,
  DEFAULT_POLICY,
  MAX_TTL_MS,
  MIN_TTL_MS,
  missingFor,
  missingGroups,
  overrideInForce,
  policyProblems,
  ruleFor,
  satisfies,
} from '../../../../src/features/recovery/model/policy.ts';

const NOW = 1_000_000;

describe('policyProblems', () => {
  it.each([
    { name: 'the default', change: {}, fit: true },
    { name: 'one approval without an override', change: { approvals: 1 }, fit: false },
    {
      name: 'one approval, override just in force',
      change: { approvals: 1, overrideUntil: NOW + 1 },
      fit: true,
    },
    { name: 'one approval, override just over', change: { approvals: 1, overrideUntil: NOW }, fit: false },
    { name: 'one approval in a rule', change: { rules: [{ pattern: 'test-*', approvals: 1 }] }, fit: false },
    { name: 'no approval', change: { approvals: 0, overrideUntil: NOW + 1 }, fit: false },
    { name: 'more groups than approvals', change: { groups: ['a', 'b', 'c'] }, fit: false },
    { name: 'as many groups as approvals', change: { groups: ['a', 'b'] }, fit: true },
    { name: 'a group twice', change: { groups: ['a', 'a'] }, fit: false },
    { name: 'the shortest time', change: { ttlMs: MIN_TTL_MS }, fit: true },
    { name: 'less than the shortest time', change: { ttlMs: MIN_TTL_MS - 1 }, fit: false },
    { name: 'the longest time', change: { ttlMs: MAX_TTL_MS }, fit: true },
    { name: 'more than the longest time', change: { ttlMs: MAX_TTL_MS + 1 }, fit: false },
    { name: 'no time', change: { ttlMs: Number.NaN }, fit: false },
  ])('$name: fit is $fit', ({ change, fit }) => {
    expect(policyProblems({ ...DEFAULT_POLICY, ...change }, NOW).length === 0).toBe(fit);
  });

  it.each([
    {
      name: 'no approval',
      change: { approvals: 0, overrideUntil: NOW + 1 },
      problems: ['the default asks for 0 approvals; expected 1 to 10'],
    },
    {
      name: 'eleven approvals',
      change: { approvals: 11 },
      problems: ['the default asks for 11 approvals; expected 1 to 10'],
    },
    { name: 'ten approvals', change: { approvals: 10 }, problems: [] },
    {
      name: 'two and a half approvals',
      change: { approvals: 2.5 },
      problems: ['the default asks for 2.5 approvals; expected 1 to 10'],
    },
    {
      name: 'a group twice',
      change: { approvals: 3, groups: ['a', 'a'] },
      problems: ['the default names a group twice'],
    },
    {
      name: 'more groups than approvals',
      change: { groups: ['a', 'b', 'c'] },
      problems: ['the default wants 3 groups in 2 approvals; each group needs a person of its own'],
    },
    {
      name: 'a time too short',
      change: { ttlMs: 1 },
      problems: ['the default keeps requests open for 1 ms; expected 5 minutes to 7 days'],
    },
    {
      name: 'a single approval',
      change: { approvals: 1 },
      problems: ['a single approval suffices somewhere, without an override'],
    },
    {
      name: 'a single approval after the override',
      change: { approvals: 1, overrideUntil: NOW },
      problems: ['a single approval suffices somewhere, and the override for it has ended'],
    },
    {
      name: 'a rule of its own for some keys, and another',
      change: {
        rules: [
          { pattern: 'root-*', approvals: 3 },
          { pattern: 'test-*', groups: ['a', 'b', 'c'], ttlMs: 1 },
        ],
      },
      problems: [
        'the rule for test-* wants 3 groups in 2 approvals; each group needs a person of its own',
        'the rule for test-* keeps requests open for 1 ms; expected 5 minutes to 7 days',
      ],
    },
    {
      name: 'a single approval in a rule among others',
      change: {
        rules: [
          { pattern: 'a', ttlMs: MIN_TTL_MS },
          { pattern: 'b', approvals: 1 },
        ],
      },
      problems: ['a single approval suffices somewhere, without an override'],
    },
    {
      name: 'rules that make up for a default that is unfit, which counts all the same',
      change: { ttlMs: 1, rules: [{ pattern: '*', ttlMs: MIN_TTL_MS }] },
      problems: ['the default keeps requests open for 1 ms; expected 5 minutes to 7 days'],
    },
  ])('says why $name makes it unfit', ({ change, problems }) => {
    expect(policyProblems({ ...DEFAULT_POLICY, ...change }, NOW)).toEqual(problems);
  });

  it('finds no override in force where none is set', () => {
    expect(overrideInForce({ ...DEFAULT_POLICY, approvals: 1 }, NOW)).toBe(false);
    expect(overrideInForce({ ...DEFAULT_POLICY, overrideUntil: NOW + 1 }, NOW)).toBe(false);
    const rules = [{ pattern: 'test-*', approvals: 1 }];
    expect(overrideInForce({ ...DEFAULT_POLICY, rules, overrideUntil: NOW + 1 }, NOW)).toBe(true);
  });

  it('keeps to limits that people can work with', () => {
    expect([MIN_TTL_MS, MAX_TTL_MS]).toEqual([300_000, 604_800_000]);
    expect(DEFAULT_POLICY).toEqual({ approvals: 2, groups: [], ttlMs: 86_400_000, rules: [] });
    const groups = Array.from({ length: 10 }, (_, n) => `g${n}`);
    expect(ApprovalRule.safeParse({ approvals: 10, groups }).success).toBe(true);
    for (const change of [
      { approvals: 0 },
      { approvals: 11 },
      { approvals: 1.5 },
      { groups: [...groups, 'one more'] },
      { groups: [''] },
      { groups: ['x'.repeat(201)] },
      { more: true },
    ]) {
      expect(ApprovalRule.safeParse({ approvals: 2, groups, ...change }).success).toBe(false);
    }
    expect(ApprovalRule.safeParse({ approvals: 1, groups: ['x'.repeat(200)] }).success).toBe(true);
  });

  it('says that an override is in force only while it is needed and has not ended', () => {
    const single = { ...DEFAULT_POLICY, approvals: 1, overrideUntil: NOW };

    expect(overrideInForce(single, NOW - 1)).toBe(true);
    expect(overrideInForce(single, NOW)).toBe(false);
    expect(overrideInForce({ ...single, approvals: 2 }, NOW - 1)).toBe(false);
  });
});

describe('ruleFor', () => {
  const policy = {
    ...DEFAULT_POLICY,
    groups: ['security'],
    rules: [
      { pattern: 'root-*', approvals: 3, groups: ['security', 'key-owner'] },
      { pattern: '*-2025', ttlMs: MIN_TTL_MS },
    ],
  };

  it('takes the first rule that matches, and the default for what it leaves out', () => {
    expect(ruleFor(policy, 'root-2025')).toEqual({
      approvals: 3,
      groups: ['security', 'key-owner'],
      ttlMs: policy.ttlMs,
    });
    expect(ruleFor(policy, 'orders-2025')).toEqual({ approvals: 2, groups: ['security'], ttlMs: MIN_TTL_MS });
    expect(ruleFor(policy, 'orders')).toEqual({ approvals: 2, groups: ['security'], ttlMs: policy.ttlMs });
  });
});

describe('satisfies', () => {
  const rule = { approvals: 2, groups: ['security', 'key-owner'] };

  it.each([
    { name: 'nobody', people: [], enough: false },
    { name: 'one person in both groups', people: [['a', 'security', 'key-owner']], enough: false },
    {
      name: 'the same person twice',
      people: [
        ['a', 'security', 'key-owner'],
        ['a', 'security', 'key-owner'],
      ],
      enough: false,
    },
    {
      name: 'two of one group',
      people: [
        ['a', 'security'],
        ['b', 'security'],
      ],
      enough: false,
    },
    {
      name: 'one of each',
      people: [
        ['a', 'security'],
        ['b', 'key-owner'],
      ],
      enough: true,
    },
    {
      name: 'both in both',
      people: [
        ['a', 'security', 'key-owner'],
        ['b', 'security', 'key-owner'],
      ],
      enough: true,
    },
    {
      name: 'the versatile one needed for the other group',
      people: [
        ['a', 'security', 'key-owner'],
        ['b', 'security'],
      ],
      enough: true,
    },
    { name: 'one in both, one in none', people: [['a', 'security', 'key-owner'], ['b']], enough: false },
  ])('$name: $enough', ({ people, enough }) => {
    const approvers = people.map(([id = '', ...groups]) => ({ id, groups }));

    expect(satisfies(rule, approvers)).toBe(enough);
    expect(missingGroups(rule, approvers).length === 0).toBe(enough);
  });
});

describe('what is missing', () => {
  const bob = { id: 'bob', groups: [] };
  const carol = { id: 'carol', groups: ['security'] };

  it.each([
    { name: 'by the rule of the request', rules: [{ approvals: 2, groups: [] }], people: [bob], missing: 1 },
    {
      name: 'by a stricter number of today',
      rules: [
        { approvals: 2, groups: [] },
        { approvals: 3, groups: [] },
      ],
      people: [bob, carol],
      missing: 1,
    },
    {
      name: 'by a group of today, though there are people enough',
      rules: [
        { approvals: 2, groups: [] },
        { approvals: 2, groups: ['key-owner'] },
      ],
      people: [bob, carol],
      missing: 1,
    },
    {
      name: 'by two more of a stricter rule, the greatest number that is lacking',
      rules: [
        { approvals: 4, groups: [] },
        { approvals: 2, groups: [] },
      ],
      people: [bob, carol],
      missing: 2,
    },
    { name: 'by two where nobody approved', rules: [{ approvals: 2, groups: [] }], people: [], missing: 2 },
    {
      name: 'by one where one approved twice',
      rules: [{ approvals: 2, groups: [] }],
      people: [bob, bob],
      missing: 1,
    },
    {
      name: 'by nothing where there are more',
      rules: [{ approvals: 1, groups: [] }],
      people: [bob, carol],
      missing: 0,
    },
    { name: 'by nothing', rules: [{ approvals: 2, groups: ['security'] }], people: [bob, carol], missing: 0 },
  ])('is $missing $name', ({ rules, people, missing }) => {
    expect(missingFor(rules, people).missingApprovals).toBe(missing);
  });

  it('names the groups of both rules once', () => {
    const rules = [
      { approvals: 2, groups: ['a', 'security'] },
      { approvals: 2, groups: ['a', 'b'] },
    ];

    expect(missingFor(rules, [carol]).missingGroups).toEqual(['a', 'b']);
  });
});
