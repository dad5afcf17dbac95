/** What must not be made at the same time, or too early: a deployment that races works on some days only. */
import type { JsonValue } from '../snapshot.ts';
import { entriesOf, type TemplateEntry, waits } from '../template.ts';

/** Errors of an identity or a role that is too young to be known everywhere. */
const YOUNG = ['PrincipalNotFound', 'RoleDefinitionDoesNotExist'];

const ENDPOINTS = 'connections/privateEndpoints';

/** Modules that wait for others, and why. */
const WAITS: readonly (readonly [path: string, other: string, why: string])[] = [
  ['connections', 'foundation', 'an endpoint needs what it leads to'],
  ['connections', 'apps', 'an endpoint needs what it leads to; the custom role is made with the backups'],
  ['connections', 'hsmsAndLogs', 'an endpoint needs what it leads to'],
  [
    `${ENDPOINTS}/hsmPrivateEndpoints`,
    `${ENDPOINTS}/privateEndpoints`,
    'one subnet takes one change at a time',
  ],
  ['connections', 'drill', 'an endpoint needs what it leads to'],
  ['drill', 'apps', 'the drill app is given rights on the backups and the state'],
  ['apps', 'foundation', 'an app starts on its host storage'],
  ['connections/subscriptions', ENDPOINTS, 'the rights of the topic must be in force by then'],
  ['connections/backupGrants', ENDPOINTS, 'a custom role is not known everywhere at once'],
  ['alerting', 'hsmsAndLogs', 'a rule over an HSM needs the HSM'],
  ['alerting', 'connections', 'what the deployment itself changes is no news'],
];

/** Loops that Azure takes one by one only. */
const SERIAL = [
  `${ENDPOINTS}/privateEndpoints`,
  `${ENDPOINTS}/hsmPrivateEndpoints`,
  `${ENDPOINTS}/dns/dnsLinks`,
];

export function checkOrder(template: JsonValue): readonly string[] {
  const entries = entriesOf(template);
  return [
    ...WAITS.filter(([path, other]) => !waits(entries, path, other)).map(
      ([path, other, why]) => `order: ${path} does not wait for ${other}: ${why}`,
    ),
    ...SERIAL.filter((path) => find(entries, path)?.batch !== 1).map(
      (path) => `order: ${path} are not made one by one`,
    ),
    ...entries
      .filter(({ type }) => type === 'Microsoft.Authorization/roleAssignments')
      .filter(({ options }) => !YOUNG.every((code) => JSON.stringify(options).includes(`"${code}"`)))
      .map(({ path }) => `order: ${path} is not tried again while its identity or role is young`),
    ...entries
      .filter(({ type }) => type.endsWith('/immutabilityPolicies'))
      .filter(({ options }) => options.onlyIfNotExists === undefined)
      .map(({ path }) => `order: ${path} is written again by each deployment, and refused once it is locked`),
  ];
}

function find(entries: readonly TemplateEntry[], path: string): TemplateEntry | undefined {
  return entries.find((entry) => entry.path === path);
}
