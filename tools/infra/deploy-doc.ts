/** Fills the tables of docs/deploy.md from the deployment itself; run it to write the page, or ask it for the text. */
import { readFileSync, writeFileSync } from 'node:fs';
import { WARDEN_ROLES } from '../../src/features/roles/roles.ts';
import { GRANTS } from './rules/role-table.ts';
import { type Resource, Snapshot } from './snapshot.ts';

const PAGE = 'docs/deploy.md';

/** What the types are for; a type without a line here is left out as a detail of another. */
const PURPOSES: Readonly<Record<string, string>> = {
  'Microsoft.ManagedIdentity/userAssignedIdentities': 'identity of each app',
  'Microsoft.Web/serverfarms': 'Flex Consumption plan of each app',
  'Microsoft.Web/sites': 'the backup app and the recovery app; with a drill HSM also the drill app',
  'Microsoft.Storage/storageAccounts': 'backups and audit log (immutable); host of each app',
  'Microsoft.Authorization/locks': 'keeps the account of the backups from being deleted',
  'Microsoft.Authorization/roleDefinitions': 'the role that adds blobs and cannot change or delete them',
  'Microsoft.Authorization/roleAssignments': 'the rights below',
  'Microsoft.EventGrid/topics': 'takes the findings as CloudEvents',
  'Microsoft.EventGrid/topics/eventSubscriptions':
    'keeps events in a queue; hands them to a webhook if there is one',
  'Microsoft.EventHub/namespaces': 'takes the audit log of the HSMs',
  'Microsoft.Insights/diagnosticSettings': 'audit log of each HSM; logs of the backups and the queues',
  'Microsoft.OperationalInsights/workspaces': 'logs',
  'Microsoft.Insights/components': 'Application Insights',
  'Microsoft.Insights/actionGroups': 'who is notified of alerts',
  'Microsoft.Insights/scheduledQueryRules': 'alert rules over the logs',
  'Microsoft.Insights/metricAlerts':
    'availability of each HSM; dead letters, lost events, refusals and failed deliveries of the topic',
  'Microsoft.Insights/activityLogAlerts':
    'changes of locks, policies, roles, diagnostic settings, alerts, apps, groups, identities, workspaces, vaults and HSMs; purges',
  'Microsoft.Insights/workbooks': 'the page that shows whether every key is safe',
  'Microsoft.Network/virtualNetworks': 'private network',
  'Microsoft.Network/networkSecurityGroups': 'who may reach what in it',
  'Microsoft.Network/privateDnsZones': 'names of the private endpoints',
  'Microsoft.Network/privateEndpoints': 'storage, events and each HSM',
};

/** The page with its tables made again. */
export function deployPage(page: string): string {
  const tables = { resources: resourceTable(), grants: grantTable(), 'hsm-roles': roleTable() };
  return Object.entries(tables).reduce((text, [name, table]) => {
    const [open, close] = [`<!-- ${name}: made by tools/infra/deploy-doc.ts -->`, `<!-- /${name} -->`];
    const [before, after] = [text.indexOf(open), text.indexOf(close)];
    if (before < 0 || after < before) throw new Error(`${PAGE} has no place for the table ${name}`);
    return `${text.slice(0, before + open.length)}\n${table}\n${text.slice(after)}`;
  }, page);
}

/** Types of resources that nobody has described. */
export function undescribedTypes(): readonly string[] {
  return [...new Set(defaultResources().map(({ type }) => type))].filter(
    (type) => PURPOSES[type] === undefined && !isPart(type),
  );
}

function resourceTable(): string {
  const resources = defaultResources();
  const rows = Object.entries(PURPOSES).map(([type, purpose]) => {
    const count = resources.filter((resource) => resource.type === type).length;
    return `| \`${type}\` | ${count} | ${purpose} |`;
  });
  return ['| Resource | Number | For |', '|---|---|---|', ...rows].join('\n');
}

function grantTable(): string {
  const rows = GRANTS.map(({ who, role, on, why, conditional }) => {
    return `| ${who} | ${role}${conditional ? ' (with a condition)' : ''} | ${on} | ${why} |`;
  });
  return ['| Who | Azure role | On | Why |', '|---|---|---|---|', ...rows].join('\n');
}

function roleTable(): string {
  const rows = WARDEN_ROLES.flatMap(({ app, roleName, dataActions }) =>
    dataActions.map(
      (action) =>
        `| ${app} app | ${roleName} | \`${action.replace('Microsoft.KeyVault/managedHsm/', '')}\` |`,
    ),
  );
  return ['| Who | Local role | Data action |', '|---|---|---|', ...rows].join('\n');
}

/** With one HSM and the parameters left alone. */
function defaultResources(): readonly Resource[] {
  return Snapshot.parse(JSON.parse(readFileSync('infra/tests/defaults.snapshot.json', 'utf8')))
    .predictedResources;
}

/** Children such as containers, settings and DNS links go without saying. */
function isPart(type: string): boolean {
  return Object.keys(PURPOSES).some((parent) => type.startsWith(`${parent}/`));
}

if (import.meta.main) writeFileSync(PAGE, deployPage(readFileSync(PAGE, 'utf8')));
