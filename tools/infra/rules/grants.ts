/** Role assignments: exactly those of the table, named by the object id of who has them. */
import type { Expected } from '../expected.ts';
import type { Facts } from '../facts.ts';
import type { Pattern } from '../pattern.ts';
import { ofType } from '../snapshot.ts';
import { GRANTS, type Grant } from './role-table.ts';

const ASSIGNMENT = 'Microsoft.Authorization/roleAssignments';

export function grants(facts: Facts): readonly Expected[] {
  const { apps, promise, hsmId } = facts;
  const given = GRANTS.filter(({ who }) => who !== 'drill app' || apps.includes('drill'));
  return given.flatMap((grant) => {
    const scopes = grant.on === 'each drill HSM' ? promise.drills.map(hsmId) : [scopeOf(facts, grant.on)];
    return scopes.map((scope) => assignment(facts, grant, scope));
  });
}

function assignment(facts: Facts, grant: Grant, scope: string): Expected {
  const principal = principalOf(facts, grant);
  const role = roleOf(facts, grant, scope);
  return {
    rule: 'grants',
    type: ASSIGNMENT,
    // A name of the same parts each time: the role once more is no second assignment, and an identity that was made
    // again gets one of its own. https://learn.microsoft.com/azure/azure-resource-manager/bicep/scenarios-rbac#name
    name: new RegExp(`^guid\\(.*${escaped(principal)}, ${escaped(role.split('/').at(-1) ?? '')}\\)$`),
    on: scope,
    like: {
      properties: {
        principalId: principal,
        principalType: 'ServicePrincipal',
        roleDefinitionId: role,
        description: new RegExp(`^${grant.role}: \\S`),
        condition: grant.conditional ? CONDITION : null,
        conditionVersion: grant.conditional ? '2.0' : null,
      },
    },
  };
}

/** Every change under any other prefix is refused; tools/infra/state-paths.ts checks the prefixes. */
const CONDITION: Pattern = {
  says: 'a condition that lets no write, add, delete or move through but under a prefix',
  holds: (value) =>
    typeof value === 'string' &&
    ['write', 'add/action', 'delete', 'move/action'].every((action) =>
      value.includes(
        `!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/${action}'})`,
      ),
    ) &&
    /^\(\((?:[^O]|O(?!R ))*\) OR \(@Resource\[/.test(value),
};

function principalOf({ identity, names, id, ref }: Facts, { who }: Grant): string {
  if (who === 'backup app') return identity('backup').principal;
  if (who === 'recovery app') return identity('recovery').principal;
  if (who === 'drill app') return identity('drill').principal;
  return ref(id('Microsoft.EventGrid/topics', names.topic), 'identity.principalId');
}

/** A built-in role belongs to the subscription of what it is given on, the custom one to the resource group of the backups. */
function roleOf({ snapshot }: Facts, { roleId }: Grant, scope: string): string {
  if (roleId === 'custom')
    return ofType(snapshot, 'Microsoft.Authorization/roleDefinitions')[0]?.id ?? 'none';
  const [subscription] = scope.split('/resourceGroups/');
  return `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;
}

function scopeOf({ names, id, backupId }: Facts, on: Exclude<Grant['on'], 'each drill HSM'>): string {
  const account = 'Microsoft.Storage/storageAccounts';
  const container = `${account}/blobServices/containers`;
  switch (on) {
    case 'backup host storage':
      return id(account, names.host.backup);
    case 'recovery host storage':
      return id(account, names.host.recovery);
    case 'drill host storage':
      return id(account, names.host.drill);
    case 'container key-backups':
      return backupId(container, `${names.backups}/default/key-backups`);
    case 'container warden-audit':
      return backupId(container, `${names.backups}/default/warden-audit`);
    case 'container warden-state':
      return id(container, `${names.host.recovery}/default/warden-state`);
    case 'container dead-letters':
      return id(container, `${names.host.backup}/default/dead-letters`);
    case 'queue warden-events':
      return id(`${account}/queueServices/queues`, `${names.host.backup}/default/warden-events`);
    case 'queue notifications':
      return id(`${account}/queueServices/queues`, `${names.host.backup}/default/notifications`);
    case 'queue key-backups':
      return id(`${account}/queueServices/queues`, `${names.host.backup}/default/key-backups`);
    case 'Event Grid topic':
      return id('Microsoft.EventGrid/topics', names.topic);
    case 'hub hsm-audit':
      return id('Microsoft.EventHub/namespaces/eventhubs', `${names.namespace}/hsm-audit`);
    case 'Application Insights':
      return id('Microsoft.Insights/components', names.insights);
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.()/]/g, '\\$&');
}
