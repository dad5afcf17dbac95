/** Alert rules that a template beside infra/main.bicep makes: those that are promised, each as it must be, and no other. */
import { ALERTS } from '../alerts/catalogue.ts';
import type { Alert } from '../alerts/samples.ts';
import { differences } from '../pattern.ts';
import { type JsonValue, ofType, type Resource, type Snapshot } from '../snapshot.ts';
import { logRule } from './alerts.ts';
import { judgeQuery } from './queries.ts';

/** The group that the side templates of infra/tests are deployed to. */
const SIDE_GROUP = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-warden/providers';
/** The workspace that infra/tests names to them, and the end of the names that they give. */
const SIDE_WORKSPACE = `${SIDE_GROUP}/Microsoft.OperationalInsights/workspaces/log-warden`;
export const SIDE_UNIQUE = 'w3j23au7fj2oi';
const ACTIONS = `${SIDE_GROUP}/Microsoft.Insights/actionGroups/ag-warden`;

/** Every violation, a sentence each that begins with the maker; `values` are what the template fills in. */
export function checkSideAlerts(
  snapshot: Snapshot,
  maker: NonNullable<Alert['madeBy']>,
  values: Readonly<Record<string, string>>,
): readonly string[] {
  const made = ofType(snapshot, 'Microsoft.Insights/scheduledQueryRules');
  const promised = Object.entries(ALERTS).filter(([, { madeBy }]) => madeBy === maker);
  const nameOf = (name: string) => `alert-${name}-warden-${SIDE_UNIQUE}`;
  const expected = promised.map(([name]) => nameOf(name));
  return [
    ...promised.flatMap(([name, alert]) => {
      const [rule, ...more] = made.filter((one) => one.name === nameOf(name));
      if (rule === undefined || more.length > 0)
        return [`${maker}: ${more.length + (rule === undefined ? 0 : 1)} rules ${name} are made, not one`];
      return [
        ...differences(propertiesOf(rule), logRule(alert, SIDE_WORKSPACE, ACTIONS)).map(
          (one) => `${maker}: ${name}: ${one}`,
        ),
        ...judgeQuery(name, rule, alert.lookBackMinutes, values),
      ];
    }),
    ...made
      .filter(({ name }) => !expected.includes(name))
      .map(({ name }) => `${maker}: ${name} belongs to no rule`),
  ];
}

/** The properties of a resource as plain values. */
function propertiesOf({ properties }: Resource): JsonValue {
  return JSON.parse(JSON.stringify(properties ?? null));
}
