/** What must not be made at once, or too early: a deployment that races works on some days only. */
import type { JsonValue } from '../snapshot.ts';
import { entriesOf, type TemplateEntry, waits } from '../template.ts';

/** Errors of an identity or a role that is too young to be known everywhere. */
const YOUNG = ['PrincipalNotFound', 'RoleDefinitionDoesNotExist'];

/** Modules of the outermost template that wait for others, and why. */
const WAITS: readonly (readonly [path: string, other: string, why: string])[] = [
  ['privateEndpoints', 'hosts', 'an endpoint needs what it leads to'],
  ['privateEndpoints', 'apps', 'an endpoint needs what it leads to'],
  ['privateEndpoints', 'topic', 'an endpoint needs what it leads to'],
  ['privateEndpoints', 'auditHub', 'an endpoint needs what it leads to'],
  ['privateEndpoints', 'hsmsAndLogs', 'an endpoint needs what it leads to'],
  [
    'privateEndpoints/hsmPrivateEndpoints',
    'privateEndpoints/privateEndpoints',
    'one subnet takes one change at a time',
  ],
  ['apps', 'hosts', 'an app starts on its host storage'],
  ['subscriptions', 'hosts', 'Event Grid tries the queue when a subscription is made'],
  ['subscriptions', 'privateEndpoints', 'the rights of the topic must be in force by then'],
  ['subscriptions', 'apps', 'the rights of the topic must be in force by then'],
  ['backupGrants', 'apps', 'the custom role is made with the account of the backups'],
  ['backupGrants', 'privateEndpoints', 'a custom role is not known everywhere at once'],
  ['alerts', 'hsmsAndLogs', 'a rule over an HSM needs the HSM'],
];

/** Loops that Azure takes one by one only. */
const SERIAL = [
  'privateEndpoints/privateEndpoints',
  'privateEndpoints/hsmPrivateEndpoints',
  'privateEndpoints/dns/dnsLinks',
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
