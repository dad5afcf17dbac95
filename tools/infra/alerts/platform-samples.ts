/** Rules over metrics and the activity log: what each answers to, as Azure Monitor would, and samples of both kinds. */
import { z } from 'zod';
import type { Resource } from '../snapshot.ts';

/** An entry of the activity log, as far as a rule reads it. */
export interface Change {
  readonly category: string;
  readonly status: string;
  readonly operationName: string;
  readonly resourceId: string;
}

const Equals = z.object({ field: z.enum(['category', 'status', 'operationName']), equals: z.string() });
const ChangeRule = z.object({
  enabled: z.boolean(),
  scopes: z.array(z.string()).min(1),
  condition: z.object({ allOf: z.array(z.union([Equals, z.object({ anyOf: z.array(Equals) })])) }),
});
const MetricRule = z.object({
  enabled: z.boolean(),
  criteria: z.object({
    allOf: z
      .array(
        z.object({
          metricName: z.string(),
          timeAggregation: z.string(),
          operator: z.enum(['GreaterThan', 'LessThan']),
          threshold: z.number(),
        }),
      )
      .length(1),
  }),
});

/** Whether a rule over the activity log reports `change`. Throws for a rule of another kind. */
export function reportsChange({ properties }: Resource, change: Change): boolean {
  const { enabled, scopes, condition } = ChangeRule.parse(properties);
  const is = ({ field, equals }: z.infer<typeof Equals>) =>
    change[field].toLowerCase() === equals.toLowerCase();
  return (
    enabled &&
    scopes.some((scope) => isWithin(change.resourceId, scope)) &&
    condition.allOf.every((one) => ('anyOf' in one ? one.anyOf.some(is) : is(one)))
  );
}

/** Whether a rule over a metric reports that it has `value` in the window. Throws for a rule of another kind. */
export function reportsMetric({ properties }: Resource, value: number): boolean {
  const { enabled, criteria } = MetricRule.parse(properties);
  return (
    enabled &&
    criteria.allOf.every(({ operator, threshold }) =>
      operator === 'GreaterThan' ? value > threshold : value < threshold,
    )
  );
}

/** Changes that a rule reports, one by each operation that it watches. */
export function reportedChanges({ properties }: Resource): readonly Change[] {
  const { scopes, condition } = ChangeRule.parse(properties);
  const [resourceId = ''] = scopes;
  return condition.allOf
    .flatMap((one) => ('anyOf' in one ? one.anyOf : []))
    .map(({ equals }) => ({
      category: 'Administrative',
      status: 'Succeeded',
      operationName: equals,
      resourceId,
    }));
}

/** What a rule over a metric measures, in words, with a value that it reports and one that it does not. */
export function metricSample({ properties }: Resource) {
  const [only] = MetricRule.parse(properties).criteria.allOf;
  if (only === undefined) throw new Error('a rule over no metric');
  const { metricName, timeAggregation, operator, threshold } = only;
  const reported = operator === 'GreaterThan' ? threshold + 1 : threshold - 1;
  return { measure: `${timeAggregation} of ${metricName}`, reported, silent: threshold };
}

/** A scope is a prefix of resource ids. */
function isWithin(resourceId: string, scope: string): boolean {
  const [id, prefix] = [resourceId.toLowerCase(), scope.toLowerCase()];
  return id === prefix || id.startsWith(`${prefix}/`);
}
