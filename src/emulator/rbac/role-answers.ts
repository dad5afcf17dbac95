// Role definitions and assignments as the service writes them.
import type { RoleAssignmentRecord, RoleDefinitionRecord } from '../state/model.ts';
import type { BuiltInRole } from './built-in-roles.ts';

/** A built-in role: no description, assignable everywhere. */
export function builtInAnswer(role: BuiltInRole) {
  const permission = {
    actions: [],
    dataActions: [...role.dataActions],
    notActions: [],
    notDataActions: [],
  };
  const definition = {
    name: role.name,
    roleName: role.roleName,
    description: '',
    assignableScopes: ['/'],
    permissions: [permission],
  };
  return definitionAnswer(definition, 'AKVBuiltInRole');
}

/** A role definition. Its id has no leading slash, unlike that of an assignment: both are recorded. */
export function definitionAnswer(
  definition: RoleDefinitionRecord,
  type: 'CustomRole' | 'AKVBuiltInRole' = 'CustomRole',
) {
  const { name, assignableScopes, description, permissions, roleName } = definition;
  return {
    id: `Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/${name}`,
    name,
    properties: { assignableScopes, description, permissions, roleName, type },
    type: 'Microsoft.Authorization/roleDefinitions',
  };
}

/** A role assignment. The scope is not part of its id. */
export function assignmentAnswer({ name, principalId, roleDefinitionId, scope }: RoleAssignmentRecord) {
  return {
    id: `/providers/Microsoft.Authorization/roleAssignments/${name}`,
    name,
    properties: { principalId, roleDefinitionId, scope },
    type: 'Microsoft.Authorization/roleAssignments',
  };
}
