// Faults on demand: the rules and, given them, the pure decision about one request.
import { z } from 'zod';
import { seededUniform } from '../latency/sampler.ts';
import { foldedName } from '../state/key-names.ts';

/** What can go wrong. Times are milliseconds or seconds as named. */
const Fault = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('throttled'), retryAfterSeconds: z.int().nonnegative().optional() }),
  z.strictObject({ type: z.literal('error'), status: z.union([z.literal(500), z.literal(503)]) }),
  z.strictObject({ type: z.literal('slow'), delayMs: z.int().positive().max(600_000) }),
  z.strictObject({ type: z.literal('reset'), when: z.enum(['before', 'after']) }),
  z.strictObject({ type: z.literal('truncated') }),
]);
type Fault = z.infer<typeof Fault>;

/**
 * A rule as it is asked for. Without `operation` it counts for every operation, without `key` for every key; a rule
 * with `key` only meets requests that name the key in their path. `count` ends the rule after so many faults;
 * `seed` makes the draws of `probability` the same in every run.
 */
export const FaultRequest = z.strictObject({
  operation: z.string().min(1).optional(),
  key: z.string().min(1).optional(),
  fault: Fault,
  probability: z.number().min(0).max(1).default(1),
  count: z.int().positive().optional(),
  seed: z.int().nonnegative().default(1),
});

/** A rule in force: how many requests it has met and how many of them it has spoiled. */
export type FaultRule = z.infer<typeof FaultRequest> & { id: number; met: number; fired: number };

/** What a request is about: the operation's name and the key named in the path. */
export type FaultTarget = { operation: string; key?: string | undefined };

/** What happens to a request: a delay, and one thing that goes wrong. */
export type FaultDecision = { delayMs: number; fault?: Exclude<Fault, { type: 'slow' }> };

/**
 * Decides about one request; returns the rules as they are afterwards. Delays add up. Of the other faults the first
 * rule in the list wins, and the rules behind it are not met.
 */
export function decideFault(
  rules: readonly FaultRule[],
  target: FaultTarget,
): { decision: FaultDecision; rules: FaultRule[] } {
  const decision: FaultDecision = { delayMs: 0 };
  const after = rules.map((rule) => {
    if (decision.fault !== undefined || isSpent(rule) || !meets(rule, target)) return rule;
    const fires = draw(rule.seed, rule.met) < rule.probability;
    if (fires && rule.fault.type === 'slow') decision.delayMs += rule.fault.delayMs;
    if (fires && rule.fault.type !== 'slow') decision.fault = rule.fault;
    return { ...rule, met: rule.met + 1, fired: rule.fired + Number(fires) };
  });
  return { decision, rules: after };
}

function isSpent({ count, fired }: FaultRule): boolean {
  return count !== undefined && fired >= count;
}

function meets(rule: FaultRule, { operation, key }: FaultTarget): boolean {
  const sameKey = rule.key === undefined || (key !== undefined && foldedName(rule.key) === foldedName(key));
  return (rule.operation ?? operation) === operation && sameKey;
}

/** How far the state of the generator moves with every number it gives. */
const GENERATOR_STEP = 0x6d2b79f5;

/** The `index`-th number of the generator with this seed, without the ones before it. */
function draw(seed: number, index: number): number {
  return seededUniform(seed + Math.imul(index, GENERATOR_STEP))();
}
