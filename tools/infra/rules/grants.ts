/** Rules for role assignments: exactly those of the table, none that could delete a backup. */
import { ofType, property, type Resource, type Snapshot, text } from '../snapshot.ts';
import { GRANTS, type Grant, SCOPES } from './role-table.ts';

const MARK = '/providers/Microsoft.Authorization/roleAssignments/';

/** What the append-only role may hold. */
const APPEND_ONLY = new Set(
  ['read', 'add/action'].map(
    (action) => `Microsoft.Storage/storageAccounts/blobServices/containers/blobs/${action}`,
  ),
);

/** Compares the assignments of a deployment with the table, both ways. */
export function checkGrants(snapshot: Snapshot): readonly string[] {
  const assignments = ofType(snapshot, 'Microsoft.Authorization/roleAssignments');
  const missing = GRANTS.filter((grant) => !assignments.some((assignment) => isGrant(assignment, grant)));
  const extra = assignments.filter((assignment) => !GRANTS.some((grant) => isGrant(assignment, grant)));
  const silent = assignments.filter((assignment) => text(assignment, 'description') === '');
  return [
    ...missing.map(({ who, role, on }) => `grants: expected ${role} for ${who} on ${on}`),
    ...extra.map(
      (assignment) =>
        `grants: nobody justified ${text(assignment, 'roleDefinitionId')} on ${scopeOf(assignment)}`,
    ),
    ...silent.map((assignment) => `grants: the assignment on ${scopeOf(assignment)} says no reason`),
    ...checkCustomRoles(snapshot),
  ];
}

function checkCustomRoles(snapshot: Snapshot): readonly string[] {
  return ofType(snapshot, 'Microsoft.Authorization/roleDefinitions').flatMap((role) => {
    const permissions = property(role, 'permissions');
    const [only, ...more] = Array.isArray(permissions) ? permissions : [];
    const actions = stringsOf(only, 'actions');
    const dataActions = stringsOf(only, 'dataActions');
    const tooMuch = [...actions, ...dataActions.filter((action) => !APPEND_ONLY.has(action))];
    return more.length > 0 || tooMuch.length > 0
      ? [`append-only: the custom role may do ${tooMuch.join(', ') || 'more than one permission says'}`]
      : [];
  });
}

function stringsOf(value: unknown, name: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const list = Object.entries(value).find(([key]) => key === name)?.[1];
  return Array.isArray(list) ? list.map(String) : [];
}

function isGrant(assignment: Resource, grant: Grant): boolean {
  return (
    whoOf(text(assignment, 'principalId')) === grant.who &&
    roleOf(text(assignment, 'roleDefinitionId'), grant) &&
    scopePattern(SCOPES[grant.on]).test(scopeOf(assignment)) &&
    (text(assignment, 'condition') !== '') === grant.conditional
  );
}

/** The principal is an expression over the resource that has the identity. */
function whoOf(principalId: string): Grant['who'] | undefined {
  const [, app] = /userAssignedIdentities\/id-[a-z0-9]+-(backup|recovery)-/.exec(principalId) ?? [];
  if (app === 'backup' || app === 'recovery') return `${app} app`;
  return principalId.includes('/Microsoft.EventGrid/topics/') ? 'event topic' : undefined;
}

/** A built-in role belongs to the subscription, the custom one to the resource group of the backups. */
function roleOf(roleDefinitionId: string, { roleId }: Grant): boolean {
  if (roleId === 'custom') return roleDefinitionId.includes('/resourceGroups/');
  return roleDefinitionId.endsWith(`/${roleId}`) && !roleDefinitionId.includes('/resourceGroups/');
}

function scopeOf({ id }: Resource): string {
  return id.slice(0, id.lastIndexOf(MARK));
}

function scopePattern(scope: string): RegExp {
  return new RegExp(`${scope.replaceAll('{}', '[A-Za-z0-9-]+')}$`);
}
