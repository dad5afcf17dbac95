/** The approval policy: how many people, from which groups, within which time; and what makes a policy unfit. */

import { z } from 'zod';
import { matches } from '../../../core/model/selection.ts';
import { DAY_MS, MINUTE_MS } from '../../../core/time.ts';

/** Shortest and longest time a request may stay open, in milliseconds: people must be able to look, and must have meant it. */
export const MIN_TTL_MS = 5 * MINUTE_MS;
export const MAX_TTL_MS = 7 * DAY_MS;
/** Below this many approvals nobody checks anybody: it takes a dated override. */
const SAFE_APPROVALS = 2;

/** What one request must meet. It is part of the request's digest. */
export const ApprovalRule = z.strictObject({
  /** Distinct people who must approve, none of them the requester. */
  approvals: z.int().min(1).max(10),
  /** Groups (or app roles) that must all be present, each in the person of a different approver. */
  groups: z.array(z.string().min(1).max(200)).max(10),
});
export type ApprovalRule = z.infer<typeof ApprovalRule>;

/** A rule for the keys whose names match; what it leaves out is as the default says. */
interface PolicyRule {
  /** A key name with `*` for any characters. The first rule that matches counts. */
  readonly pattern: string;
  readonly approvals?: number;
  readonly groups?: readonly string[];
  readonly ttlMs?: number;
}

/** The policy of an installation. */
export interface RecoveryPolicy {
  readonly approvals: number;
  readonly groups: readonly string[];
  /** How long a request may be approved and started, in milliseconds. */
  readonly ttlMs: number;
  readonly rules: readonly PolicyRule[];
  /** Until when (epoch milliseconds) a single approval may suffice. Nobody can forget it: it ends automatically. */
  readonly overrideUntil?: number;
}

/** Two approvals within a day. */
export const DEFAULT_POLICY: RecoveryPolicy = { approvals: 2, groups: [], ttlMs: DAY_MS, rules: [] };

/** What a request for `key` must meet. */
export function ruleFor(policy: RecoveryPolicy, key: string): ApprovalRule & { readonly ttlMs: number } {
  return completed(
    policy,
    policy.rules.find(({ pattern }) => matches(key, pattern)),
  );
}

/** What `rule` asks for, and the default of `policy` where it says nothing; without a rule the default alone. */
function completed(policy: RecoveryPolicy, rule?: PolicyRule): ApprovalRule & { readonly ttlMs: number } {
  return {
    approvals: rule?.approvals ?? policy.approvals,
    groups: [...(rule?.groups ?? policy.groups)],
    ttlMs: rule?.ttlMs ?? policy.ttlMs,
  };
}

/** Whether `policy` lets one approval suffice somewhere, by an override that is in force at `now`. */
export function overrideInForce(policy: RecoveryPolicy, now: number): boolean {
  return isSingle(policy) && now < (policy.overrideUntil ?? 0);
}

/** Everything that makes the policy unfit to guard a key at `now`; empty when it is fit. One sentence each. */
export function policyProblems(policy: RecoveryPolicy, now: number): string[] {
  const problems = [
    ...ruleProblems('the default', completed(policy)),
    ...policy.rules.flatMap((rule) => ruleProblems(`the rule for ${rule.pattern}`, completed(policy, rule))),
  ];
  if (isSingle(policy) && !overrideInForce(policy, now)) {
    problems.push(
      policy.overrideUntil === undefined
        ? 'a single approval suffices somewhere, without an override'
        : 'a single approval suffices somewhere, and the override for it has ended',
    );
  }
  return problems;
}

function ruleProblems(name: string, rule: ApprovalRule & { readonly ttlMs: number }): string[] {
  const problems: string[] = [];
  if (!Number.isInteger(rule.approvals) || rule.approvals < 1 || rule.approvals > 10) {
    problems.push(`${name} asks for ${rule.approvals} approvals; expected 1 to 10`);
  }
  if (new Set(rule.groups).size !== rule.groups.length) problems.push(`${name} names a group twice`);
  if (rule.groups.length > rule.approvals) {
    problems.push(
      `${name} wants ${rule.groups.length} groups in ${rule.approvals} approvals; each group needs a person of its own`,
    );
  }
  if (!(rule.ttlMs >= MIN_TTL_MS && rule.ttlMs <= MAX_TTL_MS)) {
    problems.push(`${name} keeps requests open for ${rule.ttlMs} ms; expected 5 minutes to 7 days`);
  }
  return problems;
}

function isSingle(policy: RecoveryPolicy): boolean {
  return [undefined, ...policy.rules].some((rule) => completed(policy, rule).approvals < SAFE_APPROVALS);
}

/** An approver as the policy sees one. */
export interface Approver {
  readonly id: string;
  readonly groups: readonly string[];
}

/** Whether `approvers` satisfy `rule`: enough distinct people, and for every group a person who stands for no other. */
export function satisfies(rule: ApprovalRule, approvers: readonly Approver[]): boolean {
  const people = distinct(approvers);
  return people.length >= rule.approvals && canSeat(rule.groups, people);
}

/** The groups that no arrangement of `approvers` covers yet: for people to see who is still needed. */
export function missingGroups(rule: ApprovalRule, approvers: readonly Approver[]): string[] {
  const people = distinct(approvers);
  const seated: string[] = [];
  const missing: string[] = [];
  for (const group of rule.groups) {
    if (canSeat([...seated, group], people)) seated.push(group);
    else missing.push(group);
  }
  return missing;
}

/** What `approvers` lack by all of `rules` together; approvals are never 0 while one of the rules is not met. */
export function missingFor(rules: readonly ApprovalRule[], approvers: readonly Approver[]) {
  const groups = [...new Set(rules.flatMap((rule) => missingGroups(rule, approvers)))];
  const people = distinct(approvers).length;
  const lacking = Math.max(0, ...rules.map(({ approvals }) => approvals - people));
  const isMet = rules.every((rule) => satisfies(rule, approvers));
  return { missingApprovals: isMet ? 0 : Math.max(1, lacking), missingGroups: groups };
}

function distinct(approvers: readonly Approver[]): Approver[] {
  return [...new Map(approvers.map((approver) => [approver.id, approver])).values()];
}

/** Whether each group finds a person of its own (a matching; at most ten groups, so plain search does). */
function canSeat(groups: readonly string[], people: readonly Approver[]): boolean {
  const [group, ...rest] = groups;
  if (group === undefined) return true;
  return people.some(
    (person) =>
      person.groups.includes(group) &&
      canSeat(
        rest,
        people.filter((other) => other !== person),
      ),
  );
}
