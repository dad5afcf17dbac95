/** Role assignments: exactly those of the table, named by the object id of who has them. */
import type { Expected } from '../expected.ts';
import type { Facts } from '../facts.ts';
import type { Pattern } from '../pattern.ts';
import { ofType } from '../snapshot.ts';
import { GRANTS, type Grant } from './role-table.ts';

const ASSIGNMENT = 'Microsoft.Authorization/roleAssignments';

export function grants(facts: Facts): readonly Expected[] {
  return GRANTS.map((grant) => {
    const scope = scopeOf(facts, grant);
    const principal = principalOf(facts, grant);
    const role = roleOf(facts, grant);
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
  });
}

/** Every change under any other prefix is refused; tools/infra/state-paths.ts checks the prefixes. */
export const CONDITION: Pattern = {
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
  return ref(id('Microsoft.EventGrid/topics', names.topic), 'identity.principalId');
}

/** A built-in role belongs to the subscription, the custom one to the resource group of the backups. */
function roleOf({ snapshot }: Facts, { roleId }: Grant): string {
  if (roleId === 'custom')
    return ofType(snapshot, 'Microsoft.Authorization/roleDefinitions')[0]?.id ?? 'none';
  return `/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;
}

function scopeOf({ names, id, backupId }: Facts, { on }: Grant): string {
  const account = 'Microsoft.Storage/storageAccounts';
  const container = `${account}/blobServices/containers`;
  switch (on) {
    case 'backup host storage':
      return id(account, names.host.backup);
    case 'recovery host storage':
      return id(account, names.host.recovery);
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
