/**
 * Judges the condition of a policy by a resource's type and location alone. Whatever else it asks for is not known here, so
 * the answer has three values. https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule
 */
import { z } from 'zod';

/** Whether a condition holds; undefined where its type and location do not decide that. */
export type Verdict = boolean | undefined;

/** What is known of a resource. */
export interface KnownResource {
  readonly type: string;
  /** Undefined within another resource. */
  readonly location: string | undefined;
}

/** Values of parameters, by their lower-case names. */
export type Values = ReadonlyMap<string, unknown>;

const Node = z.record(z.string(), z.unknown());
const Texts = z.array(z.string());

/** Whether `condition` holds for `resource`. What it does not know is unknown, never false. */
export function judgeCondition(condition: unknown, resource: KnownResource, values: Values): Verdict {
  const parsed = Node.safeParse(condition);
  if (!parsed.success) return undefined;
  const node = new Map(Object.entries(parsed.data).map(([name, value]) => [name.toLowerCase(), value]));
  const all = node.get('allof');
  if (Array.isArray(all)) return every(all.map((one) => judgeCondition(one, resource, values)));
  const any = node.get('anyof');
  if (Array.isArray(any)) return not(every(any.map((one) => not(judgeCondition(one, resource, values)))));
  if (node.has('not')) return not(judgeCondition(node.get('not'), resource, values));
  const left = fieldOf(node.get('field'), resource);
  return left === undefined ? undefined : compare(left, node, values);
}

/** A value of a policy, with the parameter in it looked up; undefined where it is an expression of another kind. */
export function resolved(value: unknown, values: Values): unknown {
  if (typeof value !== 'string' || !value.startsWith('[') || value.startsWith('[[')) return value;
  const name = /^\[\s*parameters\(\s*'([^']+)'\s*\)\s*\]$/i.exec(value)?.[1];
  return name === undefined ? undefined : values.get(name.toLowerCase());
}

function fieldOf(field: unknown, { type, location }: KnownResource): string | undefined {
  if (typeof field !== 'string') return undefined;
  if (field.toLowerCase() === 'type') return type.toLowerCase();
  return field.toLowerCase() === 'location' ? location : undefined;
}

function compare(left: string, node: ReadonlyMap<string, unknown>, values: Values): Verdict {
  for (const [operator, raw] of node) {
    if (operator === 'field') continue;
    const isNot = operator.startsWith('not') && operator !== 'not';
    const found = holds(left, isNot ? operator.slice(3) : operator, resolved(raw, values));
    return isNot ? not(found) : found;
  }
  return undefined;
}

function holds(left: string, operator: string, right: unknown): Verdict {
  if (operator === 'exists') return String(right).toLowerCase() === 'true';
  if (operator === 'in') {
    const list = Texts.safeParse(right);
    return list.success ? list.data.some((one) => plain(one) === left) : undefined;
  }
  if (typeof right !== 'string') return undefined;
  if (operator === 'equals') return plain(right) === left;
  if (operator === 'contains') return left.includes(plain(right));
  if (operator !== 'like') return undefined;
  const [before = '', after] = plain(right).split('*');
  if (after === undefined) return left === before;
  return left.length >= before.length + after.length && left.startsWith(before) && left.endsWith(after);
}

/** `West Europe` and `westeurope` are one region, and types heed no case. */
function plain(text: string): string {
  return text.replaceAll(/\s/g, '').toLowerCase();
}

function not(verdict: Verdict): Verdict {
  return verdict === undefined ? undefined : !verdict;
}

function every(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}
